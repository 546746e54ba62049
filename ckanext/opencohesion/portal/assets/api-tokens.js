/* The list of API tokens: "Revoke" can be pressed while a token is ticked; a new token comes into view. */
'use strict'

ckan.module('opencohesion-api-tokens', function () {
  return {
    initialize: function () {
      const form = this.el[0]
      const button = form.querySelector('#revoke-tokens-button')
      const refresh = function () {
        button.disabled = form.querySelector('[name=token]:checked') === null
      }
      form.addEventListener('change', refresh)
      form.addEventListener('htmx:afterRequest', refresh)
      document.body.addEventListener('htmx:afterSettle', function () {
        const added = form.querySelector('[data-new-token]')
        if (added) {
          added.removeAttribute('data-new-token')
          added.scrollIntoView(false)
        }
      })
    }
  }
})
