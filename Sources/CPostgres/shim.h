// libpq, PostgreSQL's own client library, as it is.
#include <postgresql/libpq-fe.h>
