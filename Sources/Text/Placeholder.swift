// The Text module.
