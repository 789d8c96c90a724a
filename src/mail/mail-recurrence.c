/* The rule of a series in words.  Pure, any thread.  What the words cannot say exactly is said roughly: the next time is told beside
 * it. */
#include "mail-invitation.h"

#include <string.h>

#include <glib/gi18n.h>

#include "base-date.h"

#define MAX_DAYS 31

/* 1 is Sunday */
static char *
day_name (int day)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (2026, 2, CLAMP (day, 1, 7), 0, 0, 0);

  return g_date_time_format (time, "%A"); /* the first of February 2026 is a Sunday */
}

static const char *
place_name (int place)
{
  switch (place) {
  case 1:
    return C_ ("of the month", "first");
  case 2:
    return C_ ("of the month", "second");
  case 3:
    return C_ ("of the month", "third");
  case 4:
    return C_ ("of the month", "fourth");
  case 5:
    return C_ ("of the month", "fifth");
  case -1:
    return C_ ("of the month", "last");
  case -2:
    return C_ ("of the month", "last but one");
  default:
    return NULL;
  }
}

/* "Monday, Wednesday", "last Friday"; NULL: nothing that could be said. */
static char *
name_days (GVariant *event)
{
  g_autoptr (GVariant) days = g_variant_lookup_value (event, "by-day", G_VARIANT_TYPE ("a(ii)"));
  g_autoptr (GString) names = g_string_new (NULL);
  gsize n = days != NULL ? g_variant_n_children (days) : 0;

  for (gsize i = 0; i < MIN (n, MAX_DAYS); i++) {
    gint32 day, place;

    g_variant_get_child (days, i, "(ii)", &day, &place);
    g_autofree char *name = day_name (day);
    if (names->len > 0)
      /* Translators: between the days of a list, "Monday, Wednesday" */
      g_string_append (names, _ (", "));
    if (place != 0 && place_name (place) == NULL)
      return NULL;
    if (place != 0)
      /* Translators: "last Friday": which one of the month, day of the week */
      g_string_append_printf (names, C_ ("of the month", "%s %s"), place_name (place), name);
    else
      g_string_append (names, name);
  }
  return names->len > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}

/* "1, 15" */
static char *
name_dates (GVariant *event)
{
  g_autoptr (GVariant) dates =
      g_variant_lookup_value (event, "by-month-day", G_VARIANT_TYPE ("ai"));
  g_autoptr (GString) names = g_string_new (NULL);
  gsize n = dates != NULL ? g_variant_n_children (dates) : 0;

  for (gsize i = 0; i < MIN (n, MAX_DAYS); i++) {
    gint32 date;

    g_variant_get_child (dates, i, "i", &date);
    if (date < 1)
      return NULL;
    g_string_append_printf (names, "%s%d", names->len > 0 ? _ (", ") : "", date);
  }
  return names->len > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}

static char *
name_rhythm (const char *frequency, guint n)
{
  if (strcmp (frequency, "YEARLY") == 0)
    return g_strdup_printf (ngettext ("Every year", "Every %u years", n), n);
  if (strcmp (frequency, "MONTHLY") == 0)
    return g_strdup_printf (ngettext ("Every month", "Every %u months", n), n);
  if (strcmp (frequency, "WEEKLY") == 0)
    return g_strdup_printf (ngettext ("Every week", "Every %u weeks", n), n);
  if (strcmp (frequency, "DAILY") == 0)
    return g_strdup_printf (ngettext ("Every day", "Every %u days", n), n);
  if (strcmp (frequency, "HOURLY") == 0)
    return g_strdup_printf (ngettext ("Every hour", "Every %u hours", n), n);
  return g_strdup (_ ("Very often"));
}

char *
mail_recurrence_describe (GVariant *event)
{
  const char *frequency;
  gint32 interval = 1, count = 0;
  gint64 until = 0;

  if (!g_variant_lookup (event, "frequency", "&s", &frequency))
    return g_strdup ("");
  g_variant_lookup (event, "interval", "i", &interval);
  g_variant_lookup (event, "count", "i", &count);
  g_variant_lookup (event, "until", "x", &until);
  g_autofree char *words = name_rhythm (frequency, (guint)MAX (interval, 1));
  g_autofree char *days = name_days (event), *dates = name_dates (event);

  if (days != NULL) {
    /* Translators: "Every week on Monday, Wednesday" */
    char *more = g_strdup_printf (_ ("%s on %s"), words, days);
    g_free (words);
    words = more;
  }
  if (dates != NULL) {
    /* Translators: "Every month on day 1, 15" */
    char *more = g_strdup_printf (_ ("%s on day %s"), words, dates);
    g_free (words);
    words = more;
  }
  if (count > 0) {
    g_autofree char *times =
        g_strdup_printf (ngettext ("%d time", "%d times", (gulong)count), count);
    /* Translators: "Every week on Monday, 10 times" */
    char *more = g_strdup_printf (C_ ("series", "%s, %s"), words, times);
    g_free (words);
    words = more;
  } else if (until != 0) {
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (until);
    g_autofree char *date = time != NULL ? base_date_numeric (time) : NULL;
    if (date != NULL) {
      /* Translators: "Every week on Monday, until 31.12.2026" */
      char *more = g_strdup_printf (_ ("%s, until %s"), words, date);
      g_free (words);
      words = more;
    }
  }
  return g_steal_pointer (&words);
}
