// extern "C" shim
