"""Parts that both faces share: files, words, look."""
