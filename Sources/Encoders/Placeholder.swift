// The Encoders module.
