/* What people are called, from the parts that an address book or a card has.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In the order of a vCard's N (RFC 6350 section 6.2.2). */
typedef enum
{
  BASE_NAME_FAMILY,
  BASE_NAME_GIVEN,
  BASE_NAME_ADDITIONAL,
  BASE_NAME_PREFIX,
  BASE_NAME_SUFFIX,
  BASE_NAME_PARTS
} BaseNamePart;

/* The whole name, in the order of its own script, wherever it is read: 김 and 민우 are "김민우", 山田 and 太郎 "山田太郎", Smith and John
 * "John Smith"; Hungarian and Vietnamese, which no script tells apart, in their locales: "Nagy Anna".  Parts may be NULL; "" when all are
 * none. */
char *base_name_join (const char *const parts[BASE_NAME_PARTS]) G_GNUC_WARN_UNUSED_RESULT;
/* `whole` (nullable) as it was written, unless it is nothing but a Korean name put together in the order of others, as many programs do:
 * “민우 김” and “김 민우” are “김민우”.  Which of the two is that of the family does not go by the parts: they may have been
 * guessed from the whole, as if it were English. */
char *base_name_mend (const char *whole,
                      const char *const parts[BASE_NAME_PARTS]) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
