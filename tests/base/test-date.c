/* Dates: what IMAP sends, and what people see. */
#include "test-base.h"

#include <glib.h>
#include <string.h>

#include "base-date.h"

static void
test_from_internal (void)
{
  static const struct
  {
    const char *text;
    gint64 time;
  } cases[] = {
    { " 1-Jul-2026 02:44:25 -0700", 1782899065 },
    { "1-Jul-2026 02:44:25 -0700", 1782899065 },
    { "01-jul-2026 02:44:25 -0700", 1782899065 },
    { "17-Jul-1996 02:44:25 -0700", 837596665 },
    { "31-Dec-1969 23:59:59 +0000", -1 },
    { "31-Dec-2016 23:59:60 +0000", 1483228799 },
    { "29-Feb-2024 00:00:00 +0530", 1709145000 },
    { "29-Feb-2023 00:00:00 +0000", 0 },
    { "32-Jul-2026 00:00:00 +0000", 0 },
    { "1-Jly-2026 00:00:00 +0000", 0 },
    { "1-Jul-26 00:00:00 +0000", 0 },
    { "1-Jul-2026 24:00:00 +0000", 0 },
    { "1-Jul-2026 00:60:00 +0000", 0 },
    { "1-Jul-2026 00:00:00 GMT", 0 },
    { "1-Jul-2026 00:00:00 +00", 0 },
    { "1-Jul-2026 00:00:00 +0060", 0 },
    { "1-Jul-2026 00:00:00 +0000x", 0 },
    { "", 0 },
    { NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (base_date_from_internal (cases[i].text), ==, cases[i].time);
}

/* Every beginning of a good date is malformed. */
/* Each day that GLib knows, and the days that are none. */
static void
test_from_internal_days (void)
{
  static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

  for (int year = 0; year < 9999; year += year < 1890 || year > 2110 ? 97 : 1) {
    for (int day = 0; day < 12 * 32; day++) {
      g_autofree char *text =
          g_strdup_printf ("%02d-%s-%04d 12:34:56 +0000", day % 32, names[day / 32], year);
      g_autoptr (GDateTime) time = g_date_time_new_utc (year, day / 32 + 1, day % 32, 12, 34, 56);

      g_assert_cmpint (base_date_from_internal (text), ==,
                       time != NULL ? g_date_time_to_unix (time) : 0);
    }
  }
}

static void
test_from_internal_cut (void)
{
  const char *whole = " 1-Jul-2026 02:44:25 -0700";

  for (gsize length = 0; length < strlen (whole); length++) {
    g_autofree char *part = g_strndup (whole, length);

    g_assert_cmpint (base_date_from_internal (part), ==, 0);
  }
}

static void
test_to_internal (void)
{
  const gint64 times[] = { 1, 1782899065, -86400, 951782400, 4102444800 };
  g_autofree char *one = base_date_to_internal (1782899065);
  g_autofree char *absurd = base_date_to_internal (G_MAXINT64);

  g_assert_cmpstr (one, ==, " 1-Jul-2026 09:44:25 +0000");
  g_assert_cmpint (base_date_from_internal (absurd), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *text = base_date_to_internal (times[i]);

    g_assert_cmpint (base_date_from_internal (text), ==, times[i]);
  }
}

static void
check_short (gint64 now, int days, int seconds, const char *expected)
{
  g_autofree char *text = base_date_short (now - days * 86400 - seconds, now);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_short (void)
{
  g_autoptr (GDateTime) noon = g_date_time_new_local (2026, 11, 23, 12, 30, 0);
  gint64 now = g_date_time_to_unix (noon);
  g_autofree char *unknown = base_date_short (0, now);
  g_autofree char *absurd = base_date_short (G_MAXINT64, now);

  g_assert_cmpstr (unknown, ==, "");
  g_assert_cmpstr (absurd, ==, "");
  check_short (now, 0, 0, "12:30");
  check_short (now, 0, 3600, "11:30");
  check_short (now, 1, 0, "Yesterday");
  check_short (now, 0, 13 * 3600, "Yesterday");
  check_short (now, 2, 0, "Saturday");
  check_short (now, 6, 0, "Tuesday");
  check_short (now, 7, 0, "Nov 16");
  check_short (now, 300, 0, "Jan 27");
  check_short (now, 400, 0, "10/19/25");
  check_short (now, -3, 0, "Nov 26");
  check_short (now, -100, 0, "03/03/27");
}

static void
test_long (void)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (2026, 7, 3, 14, 5, 0);
  g_autofree char *text = base_date_long (g_date_time_to_unix (time));
  g_autofree char *unknown = base_date_long (0);
  g_autofree char *absurd = base_date_long (G_MININT64);

  g_assert_cmpstr (text, ==, "Friday, July 3, 2026, 14:05");
  g_assert_cmpstr (unknown, ==, "");
  g_assert_cmpstr (absurd, ==, "");
}

static void
check_group (gint64 now, int year, int month, int day, int hour, const char *expected)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, hour, 15, 0);
  g_autofree char *name = base_date_group_name (base_date_group (g_date_time_to_unix (time), now));

  g_assert_cmpstr (name, ==, expected);
}

/* Weeks begin on Sunday here. */
static void
test_group (void)
{
  g_autoptr (GDateTime) thursday = g_date_time_new_local (2026, 11, 26, 9, 30, 0);
  g_autoptr (GDateTime) new_year = g_date_time_new_local (2026, 1, 2, 9, 30, 0);
  g_autoptr (GDateTime) sunday = g_date_time_new_local (2026, 11, 22, 0, 30, 0);
  gint64 now = g_date_time_to_unix (thursday);
  g_autofree char *unknown = base_date_group_name (base_date_group (0, now));
  g_autofree char *absurd = base_date_group_name (base_date_group (G_MAXINT64, now));

  g_assert_cmpstr (unknown, ==, "Today");
  g_assert_cmpstr (absurd, ==, "Today");
  check_group (now, 2026, 11, 26, 0, "Today");
  check_group (now, 2026, 11, 26, 23, "Today");
  check_group (now, 2027, 3, 1, 12, "Today");
  check_group (now, 2026, 11, 25, 23, "Yesterday");
  check_group (now, 2026, 11, 25, 0, "Yesterday");
  check_group (now, 2026, 11, 24, 23, "This Week");
  check_group (now, 2026, 11, 22, 0, "This Week");
  check_group (now, 2026, 11, 21, 23, "Last Week");
  check_group (now, 2026, 11, 15, 0, "Last Week");
  check_group (now, 2026, 11, 14, 23, "Earlier This Month");
  check_group (now, 2026, 11, 1, 0, "Earlier This Month");
  check_group (now, 2026, 10, 31, 23, "October");
  check_group (now, 2026, 1, 1, 0, "January");
  check_group (now, 2025, 12, 31, 23, "2025");
  check_group (now, 2025, 11, 26, 9, "2025");
  check_group (now, 1999, 6, 1, 9, "1999");

  /* The week goes before the month and the year. */
  now = g_date_time_to_unix (new_year);
  check_group (now, 2025, 12, 28, 9, "This Week");
  check_group (now, 2025, 12, 27, 9, "Last Week");
  check_group (now, 2025, 12, 20, 9, "2025");

  now = g_date_time_to_unix (sunday);
  check_group (now, 2026, 11, 21, 9, "Yesterday");
  check_group (now, 2026, 11, 20, 9, "Last Week");
}

/* Clocks go forward from midnight to one, and back from one to midnight. */
static void
test_day (void)
{
  g_autofree char *zone = g_strdup (g_getenv ("TZ"));

  if (g_test_subprocess ()) {
    g_assert_cmpint (base_date_of_day (2026, 3, 8), ==, 1772946000);
    g_assert_cmpint (base_date_of_day (2026, 3, 9), ==, 1772946000 + 23 * 3600);
    g_assert_cmpint (base_date_of_day (2026, 11, 1), ==, 1793505600);
    g_assert_cmpint (base_date_of_day (2026, 11, 2), ==, 1793505600 + 25 * 3600);
    g_assert_cmpint (base_date_of_day (2026, 2, 29), ==, G_MININT64);
    return;
  }
  g_setenv ("TZ", "CST5CDT,M3.2.0/0,M11.1.0/1", TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  if (zone != NULL)
    g_setenv ("TZ", zone, TRUE);
  else
    g_unsetenv ("TZ");
  g_test_trap_assert_passed ();
}

void
test_date_add (void)
{
  g_test_add_func ("/base/date/from-internal", test_from_internal);
  g_test_add_func ("/base/date/from-internal-days", test_from_internal_days);
  g_test_add_func ("/base/date/from-internal-cut", test_from_internal_cut);
  g_test_add_func ("/base/date/to-internal", test_to_internal);
  g_test_add_func ("/base/date/short", test_short);
  g_test_add_func ("/base/date/group", test_group);
  g_test_add_func ("/base/date/long", test_long);
  g_test_add_func ("/base/date/day", test_day);
}
