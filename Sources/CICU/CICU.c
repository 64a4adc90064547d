// C shim
