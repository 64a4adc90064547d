#ifndef CTorch_H
#define CTorch_H
#endif
