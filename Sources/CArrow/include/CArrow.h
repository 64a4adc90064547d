#ifndef CArrow_H
#define CArrow_H
#endif
