/* Names of time zones.  Pure. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* The name that the system knows for one that Windows has ("Korea Standard Time" -> "Asia/Seoul"); NULL: not one of those. */
const char *unpack_zone_from_windows (const char *name);

G_END_DECLS
