/* Dates as people and IMAP write them.  Times are seconds since 1970 UTC (gint64); 0 = unknown. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether hours go to 12 or to 24, from now on, everywhere; as long as nobody says so, the locale does.  Any thread. */
typedef enum
{
  BASE_CLOCK_OF_LOCALE,
  BASE_CLOCK_12,
  BASE_CLOCK_24
} BaseClock;
void base_date_set_clock (BaseClock clock);

/* For a list row, by the user's locale: time today, "Yesterday", weekday within a week, day and month this year, else full
 * date. `now` in the same unit.  "" for 0. */
char *base_date_short (gint64 time, gint64 now) G_GNUC_WARN_UNUSED_RESULT;
/* Which stretch of time it lies in, seen from `now`: the same number for those that stand under one heading ("Today", "Last Week",
 * "July"), and its words for people.  Weeks begin as the locale has it; 0 and what is to come belong to today. */
int base_date_group (gint64 time, gint64 now);
char *base_date_group_name (int group) G_GNUC_WARN_UNUSED_RESULT;
/* For the reader: full date and time with weekday.  "" for 0. */
char *base_date_long (gint64 time) G_GNUC_WARN_UNUSED_RESULT;
/* Its parts, for a moment in any zone. */
char *base_date_day (GDateTime *time) G_GNUC_WARN_UNUSED_RESULT;
char *base_date_numeric (GDateTime *time) G_GNUC_WARN_UNUSED_RESULT; /* "07/03/2025" */
char *base_date_clock (GDateTime *time) G_GNUC_WARN_UNUSED_RESULT;
/* Where hours go to 12: what tells the halves of the day apart, "PM", "오후"; NULL where they go to 24. */
char *base_date_half (gboolean afternoon) G_GNUC_WARN_UNUSED_RESULT;
/* Whether that stands before the hour, as in "오후 2:05". */
gboolean base_date_half_leads (void);
char *base_date_day_and_clock (GDateTime *time) G_GNUC_WARN_UNUSED_RESULT;
/* What the calendar on the wall says; NULL: outside of what it knows. */
GDateTime *base_date_to_local (gint64 time) G_GNUC_WARN_UNUSED_RESULT;
/* The first second of a day there, or the first one in which that day is; G_MININT64: there is no such day. */
gint64 base_date_of_day (int year, int month, int day);
/* 0: weeks begin on Sunday, 1: on Monday ... by the locale. */
int base_date_first_weekday (void);
/* INTERNALDATE, RFC 9051 section 9 date-time: " 1-Jul-2026 02:44:25 -0700".  0 when malformed. */
gint64 base_date_from_internal (const char *text);
/* The same, in UTC, for APPEND. */
char *base_date_to_internal (gint64 time) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
