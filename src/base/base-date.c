/* Dates for people (by their locale) and for IMAP (never by a locale).  Pure, any thread; must accept every
 * number a header or a server may hold. */
#include "base-date.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <string.h>

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* The clock of a person who travels is looked for anew this often.  GLib does it at each call, link by link through the file system. */
#define ZONE_US G_USEC_PER_SEC

static GTimeZone *
ref_zone (void)
{
  static GMutex lock;
  static GTimeZone *zone;
  static gint64 until;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  gint64 now = g_get_monotonic_time ();

  if (zone == NULL || now >= until) {
    g_clear_pointer (&zone, g_time_zone_unref);
    zone = g_time_zone_new_local ();
    until = now + ZONE_US;
  }
  return g_time_zone_ref (zone);
}

GDateTime *
base_date_to_local (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time);
  g_autoptr (GTimeZone) zone = ref_zone ();

  return utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
}

gint64
base_date_of_day (int year, int month, int day)
{
  g_autoptr (GTimeZone) zone = ref_zone ();
  g_autoptr (GDateTime) begins = g_date_time_new (zone, year, month, day, 0, 0, 0);
  g_autoptr (GDateTime) before = NULL;

  if (begins == NULL)
    return G_MININT64;
  /* Where clocks are put back at one, that day has two midnights; GLib takes the second one. */
  before = g_date_time_add_hours (begins, -1);
  return g_date_time_to_unix (
      before != NULL && g_date_time_get_day_of_month (before) == day ? before : begins);
}

static int chosen_clock; /* BaseClock; atomic */

void
base_date_set_clock (BaseClock clock)
{
  g_atomic_int_set (&chosen_clock, (int)clock);
}

static gboolean
twelve_hours (void)
{
  BaseClock clock = (BaseClock)g_atomic_int_get (&chosen_clock);
  const char *format = nl_langinfo (T_FMT);

  if (clock != BASE_CLOCK_OF_LOCALE)
    return clock == BASE_CLOCK_12;

  return strstr (format, "%r") != NULL || strstr (format, "%I") != NULL
         || strstr (format, "%l") != NULL || strstr (format, "%p") != NULL;
}

static const char *
time_format (void)
{
  /* Translators: time of day with a clock of 12 hours, “2:05 PM” */
  return twelve_hours () ? C_ ("date format", "%-l:%M %p")
                         /* Translators: time of day with a clock of 24 hours, “14:05” */
                         : C_ ("date format", "%H:%M");
}

char *
base_date_half (gboolean afternoon)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (2000, 1, 1, afternoon ? 13 : 1, 0, 0);

  return twelve_hours () ? g_date_time_format (time, "%p") : NULL;
}

gboolean
base_date_half_leads (void)
{
  return twelve_hours () && g_str_has_prefix (time_format (), "%p");
}

static gint64
day_number (GDateTime *time)
{
  int year, month, day;
  GDate date;

  g_date_time_get_ymd (time, &year, &month, &day);
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
  return g_date_get_julian (&date);
}

char *
base_date_numeric (GDateTime *time)
{
  /* Translators: a short date of another year; %x is what the system writes, “07/03/2025” */
  /* xgettext:no-c-format */
  return g_date_time_format (time, C_ ("date format", "%x"));
}

char *
base_date_short (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) then = NULL;
  g_autoptr (GDateTime) today = NULL;
  gint64 days;

  if (time == 0)
    return g_strdup ("");
  then = base_date_to_local (time);
  today = base_date_to_local (now);
  if (then == NULL || today == NULL)
    return g_strdup ("");

  days = day_number (today) - day_number (then);
  if (days == 0)
    return g_date_time_format (then, time_format ());
  if (days == 1)
    return g_strdup (_ ("Yesterday"));
  if (days > 1 && days < 7)
    return g_date_time_format (then, "%A");
  if (g_date_time_get_year (then) == g_date_time_get_year (today))
    /* Translators: day and month of this year, “Jul 3” */
    return g_date_time_format (then, C_ ("date format", "%b %-e"));

  return base_date_numeric (then);
}

char *
base_date_day (GDateTime *time)
{
  /* Translators: full date with the weekday, “Friday, July 3, 2026” */
  return g_date_time_format (time, C_ ("date format", "%A, %B %-e, %Y"));
}

char *
base_date_clock (GDateTime *time)
{
  return g_date_time_format (time, time_format ());
}

char *
base_date_day_and_clock (GDateTime *time)
{
  g_autofree char *day = base_date_day (time);
  g_autofree char *clock = base_date_clock (time);

  /* Translators: a full date and a time of day, “Friday, July 3, 2026, 14:05” */
  return g_strdup_printf (C_ ("date and time", "%s, %s"), day, clock);
}

char *
base_date_long (gint64 time)
{
  g_autoptr (GDateTime) then = time != 0 ? base_date_to_local (time) : NULL;

  return then != NULL ? base_date_day_and_clock (then) : g_strdup ("");
}

enum
{
  GROUP_TODAY,
  GROUP_YESTERDAY,
  GROUP_THIS_WEEK,
  GROUP_LAST_WEEK,
  GROUP_THIS_MONTH,
  GROUP_MONTHS = 100,  /* and the number of a month of this year */
  GROUP_YEARS = 10000, /* and the year */
};

int
base_date_first_weekday (void)
{
#ifdef __GLIBC__
  /* A date that the first day is counted from, as a number in the place of a pointer; and the count, from one on. */
  guint origin = GPOINTER_TO_UINT (nl_langinfo (_NL_TIME_WEEK_1STDAY));

  return ((origin == 19971201 ? 1 : 0) + *nl_langinfo (_NL_TIME_FIRST_WEEKDAY) - 1) % 7;
#else
  return 1;
#endif
}

int
base_date_group (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) then = base_date_to_local (time);
  g_autoptr (GDateTime) today = base_date_to_local (now);
  gint64 days, into_week;

  if (time == 0 || then == NULL || today == NULL)
    return GROUP_TODAY;
  days = day_number (today) - day_number (then);
  into_week = (g_date_time_get_day_of_week (today) % 7 - base_date_first_weekday () + 7) % 7;
  if (days <= 0)
    return GROUP_TODAY;
  if (days == 1)
    return GROUP_YESTERDAY;
  if (days <= into_week)
    return GROUP_THIS_WEEK;
  if (days <= into_week + 7)
    return GROUP_LAST_WEEK;
  if (g_date_time_get_year (then) != g_date_time_get_year (today))
    return GROUP_YEARS + g_date_time_get_year (then);
  return g_date_time_get_month (then) == g_date_time_get_month (today)
             ? GROUP_THIS_MONTH
             : GROUP_MONTHS + g_date_time_get_month (then);
}

char *
base_date_group_name (int group)
{
  gboolean year = group >= GROUP_YEARS;
  g_autoptr (GDateTime) time = NULL;

  switch (group) {
  case GROUP_TODAY:
    return g_strdup (_ ("Today"));
  case GROUP_YESTERDAY:
    return g_strdup (_ ("Yesterday"));
  case GROUP_THIS_WEEK:
    return g_strdup (_ ("This Week"));
  case GROUP_LAST_WEEK:
    return g_strdup (_ ("Last Week"));
  case GROUP_THIS_MONTH:
    return g_strdup (_ ("Earlier This Month"));
  }
  time = g_date_time_new_utc (year ? group - GROUP_YEARS : 2001, year ? 1 : group - GROUP_MONTHS, 1,
                              0, 0, 0);
  /* Translators: a year as a heading, “2025” */
  return g_date_time_format (time, year ? C_ ("date format", "%Y")
                                        /* Translators: a month of this year as a heading, “July” */
                                        : C_ ("date format", "%OB"));
}

/* `n` digits; -1 when there are not. */
static int
digits (const char **text, int n)
{
  int value = 0;

  for (int i = 0; i < n; i++, (*text)++) {
    if (!g_ascii_isdigit (**text))
      return -1;
    value = value * 10 + (**text - '0');
  }

  return value;
}

static gboolean
skip (const char **text, char c)
{
  if (**text != c)
    return FALSE;
  (*text)++;
  return TRUE;
}

static int
month_number (const char **text)
{
  for (guint i = 0; i < G_N_ELEMENTS (months); i++) {
    if (g_ascii_strncasecmp (*text, months[i], 3) == 0) {
      *text += 3;
      return (int)i + 1;
    }
  }

  return -1;
}

/* Days since 1970 in the Gregorian calendar.  A year that begins with March has its odd day at its end, and so has each 400
 * of them. */
static gint64
day_of (int year, int month, int day)
{
  gint64 y = month > 2 ? year : year - 1;
  int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

  return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

gint64
base_date_from_internal (const char *text)
{
  int day, month, year, hour, minute, second, zone_hours, zone_minutes, sign;

  if (text == NULL)
    return 0;

  /* Some servers write one digit without the space in front. */
  skip (&text, ' ');
  day = digits (&text, g_ascii_isdigit (text[0]) && g_ascii_isdigit (text[1]) ? 2 : 1);
  if (day < 0 || !skip (&text, '-') || (month = month_number (&text)) < 0 || !skip (&text, '-')
      || (year = digits (&text, 4)) < 0 || !skip (&text, ' '))
    return 0;
  if ((hour = digits (&text, 2)) < 0 || !skip (&text, ':') || (minute = digits (&text, 2)) < 0
      || !skip (&text, ':') || (second = digits (&text, 2)) < 0 || !skip (&text, ' '))
    return 0;
  if (*text != '+' && *text != '-')
    return 0;
  sign = *text++ == '-' ? -1 : 1;
  if ((zone_hours = digits (&text, 2)) < 0 || (zone_minutes = digits (&text, 2)) < 0
      || zone_minutes > 59 || *text != '\0')
    return 0;

  if (!g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year) || hour > 23
      || minute > 59 || second > 60)
    return 0;

  return day_of (year, month, day) * 86400 + hour * 3600 + minute * 60 + MIN (second, 59)
         - sign * (zone_hours * 3600 + zone_minutes * 60);
}

char *
base_date_to_internal (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  if (time == NULL)
    time = g_date_time_new_from_unix_utc (0);

  return g_strdup_printf ("%2d-%s-%04d %02d:%02d:%02d +0000", g_date_time_get_day_of_month (time),
                          months[g_date_time_get_month (time) - 1], g_date_time_get_year (time),
                          g_date_time_get_hour (time), g_date_time_get_minute (time),
                          g_date_time_get_second (time));
}
