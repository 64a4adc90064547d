// The Similarity module.
