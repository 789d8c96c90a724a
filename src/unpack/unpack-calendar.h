/* iCalendar (RFC 5545, RFC 5546; libical).  Any one thread; no disk but the system's time zones. */
#pragma once

#include "unpack-format.h"

G_BEGIN_DECLS

/* The method ("REQUEST", "" none) and the events of a calendar.  An event is a dictionary; what is not there is left out:
 *   uid, summary, description, location, url, status, comment   s
 *   sequence                                            i
 *   organizer                                           (ss)       name, address
 *   attendees                                           a(ssss)    name, address, PARTSTAT, ROLE
 *   start, end                                          x          seconds UTC; of whole days: midnight of that date in UTC
 *   all-day, floating                                   b          floating: the same hour wherever one is
 *   zone                                                s          as it is called there
 *   recurrence-id                                       x          this one of a series
 *   frequency                                           s          "DAILY", "WEEKLY", "MONTHLY", "YEARLY", ...
 *   interval, count                                     i
 *   until                                               x
 *   by-day                                              a(ii)      1 Sunday to 7 Saturday; which one of the month, 0 each
 *   by-month-day, by-month                              ai
 *   next                                                x          the next time from `now` on, of a series
 * Floating value of UNPACK_EVENTS, or NULL with *status set. */
GVariant *unpack_calendar (GBytes *bytes, gint64 now,
                           UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

/* The answer of one who was invited (METHOD:REPLY) to the first event: `partstat` ACCEPTED, TENTATIVE or DECLINED.  `name` may be
 * "".  Value of UNPACK_TEXT. */
GVariant *unpack_calendar_reply (GBytes *bytes, const char *address, const char *name,
                                 const char *partstat, gint64 now,
                                 UnpackStatus *status) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
