/* What people see by their locale: dates, times of day, sizes, counts. */
#include "test-base.h"

#include <glib.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "base-date.h"
#include "base-text.h"
#include "locales.h"

/* What the program says, which no locale changes by itself. */
static void
speak (const char *language)
{
  g_autofree char *folder = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "..", "po", NULL);

  g_setenv ("LANGUAGE", language, TRUE);
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

typedef struct
{
  const char *locale, *language;
  const char *clock, *clock_12, *clock_24, *day, *weekday, *month_day, *last_year, *heading, *size,
      *count;
  int first_weekday;
} Speech;

/* Korean first: GLib looks once in the life of a program whether it has translations. */
static const Speech speeches[] = {
  { "ko_KR.UTF-8", "ko", "14:05", "오후 2:05", "14:05", "2026년 7월 3일 금요일", "화요일",
    "6월 3일", "2025. 7. 3.", "7월", "3.4 MB", "메시지 1,234,567개", 0 },
  { "C.UTF-8", "C", "14:05", "2:05 PM", "14:05", "Friday, July 3, 2026", "Tuesday", "Jun 3",
    "07/03/25", "July", "3.4 MB", "1234567 messages", 0 },
  { "de_DE.UTF-8", "C", "14:05", NULL, "14:05", "Freitag, Juli 3, 2026", "Dienstag", "Jun 3",
    "03.07.2025", "Juli", "3,4 MB", "1.234.567 messages", 1 },
  { "ar_EG.UTF-8", "C", "2:05 م", "2:05 م", "14:05", "الجمعة, يوليو 3, 2026", "الثلاثاء", "يون 3",
    "03 يول, 2025", "يوليو", "3.4 MB", "1,234,567 messages", 6 },
};

static void
check (char *text, const char *expected)
{
  g_autofree char *owned = text;

  g_assert_cmpstr (owned, ==, expected);
}

static gint64
seconds_of (int year, int month, int day)
{
  g_autoptr (GDateTime) time = g_date_time_new_local (year, month, day, 14, 5, 0);

  return g_date_time_to_unix (time);
}

/* With the clock of 12 hours: what is said of the half stands where the whole time has it. */
static void
check_half (const Speech *speech)
{
  g_autofree char *before = base_date_half (FALSE), *after = base_date_half (TRUE);

  g_assert_cmpstr (before, !=, after);
  g_assert_cmpstr (before, !=, "");
  if (speech->clock_12 == NULL)
    return;
  g_assert_nonnull (strstr (speech->clock_12, after));
  g_assert_true (base_date_half_leads () == g_str_has_prefix (speech->clock_12, after));
}

static void
check_speech (const Speech *speech)
{
  gint64 now = seconds_of (2026, 7, 3);
  g_autoptr (GDateTime) then = base_date_to_local (now);

  check (base_date_clock (then), speech->clock);
  check (base_date_short (now, now), speech->clock);
  base_date_set_clock (BASE_CLOCK_12);
  if (speech->clock_12 != NULL) {
    check (base_date_clock (then), speech->clock_12);
  } else {
    /* Where nobody has a word for it, it is said all the same which half of the day it is. */
    g_autofree char *clock = base_date_clock (then);

    g_assert_cmpuint (g_utf8_strlen (clock, -1), >, 5);
  }
  check_half (speech);
  base_date_set_clock (BASE_CLOCK_24);
  check (base_date_clock (then), speech->clock_24);
  g_assert_null (base_date_half (TRUE));
  g_assert_false (base_date_half_leads ());
  base_date_set_clock (BASE_CLOCK_OF_LOCALE);
  check (base_date_day (then), speech->day);
  check (base_date_short (seconds_of (2026, 6, 30), now), speech->weekday);
  check (base_date_short (seconds_of (2026, 6, 3), now), speech->month_day);
  check (base_date_short (seconds_of (2025, 7, 3), now), speech->last_year);
  check (
      base_date_group_name (base_date_group (seconds_of (2026, 7, 3), seconds_of (2026, 11, 20))),
      speech->heading);
  g_assert_cmpint (base_date_first_weekday (), ==, speech->first_weekday);
  check (base_text_size (3400000), speech->size);
  check (g_strdup_printf (ngettext ("%'u message", "%'u messages", 1234567), 1234567u),
         speech->count);
}

static void
test_speeches (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (speeches); i++) {
    speak (speeches[i].language);
    locales_set (LC_ALL, speeches[i].locale);
    check_speech (&speeches[i]);
  }
  locales_set (LC_ALL, "C.UTF-8");
  g_unsetenv ("LANGUAGE");
}

/* Digits that a locale has for itself are what the system writes in its dates. */
static void
test_digits (void)
{
  gint64 now = seconds_of (2026, 7, 3);

  speak ("C");
  locales_set (LC_ALL, "fa_IR.UTF-8");
  g_autofree char *date = base_date_short (seconds_of (2025, 7, 3), now);
  g_assert_nonnull (strstr (date, "۰۷"));
  locales_set (LC_ALL, "C.UTF-8");
  g_unsetenv ("LANGUAGE");
}

void
test_locale_add (void)
{
  g_test_add_func ("/base/locale/speeches", test_speeches);
  g_test_add_func ("/base/locale/digits", test_digits);
}
