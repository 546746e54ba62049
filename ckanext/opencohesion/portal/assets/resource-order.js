/* The order of a dataset's files, beside CKAN's script for the mouse: handles have names, and the arrow keys move a file. */
'use strict'

ckan.module('opencohesion-resource-order', function () {
  return {
    initialize: function () {
      const label = this.el[0].dataset.label
      document.querySelectorAll('.resource-list .handle').forEach(function (handle) {
        const item = handle.closest('.resource-item')
        const name = item.querySelector('.heading').firstChild.textContent.trim()
        handle.setAttribute('role', 'button')
        handle.setAttribute('aria-label', label.replace('{name}', name))
        handle.addEventListener('click', function (event) { event.preventDefault() })
        handle.addEventListener('keydown', function (event) {
          if (event.key === 'ArrowUp' && item.previousElementSibling) item.previousElementSibling.before(item)
          else if (event.key === 'ArrowDown' && item.nextElementSibling) item.nextElementSibling.after(item)
          else return
          event.preventDefault()
          handle.focus()
        })
      })
    }
  }
})
