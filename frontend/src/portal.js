// What the frame of every page needs of script.
