// What Akin needs of ICU, behind plain C names: ICU renames its symbols by version with macros,
// which Swift cannot see.
#ifndef CICU_H
#define CICU_H

#include "CICUConvert.h"
#include "CICUNormalise.h"
#include "CICUTransliterate.h"
#include "CICUWords.h"

#endif
