"""The report on a dataset: as data, as pages, as files, as a badge."""
