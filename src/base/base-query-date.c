/* Dates and spans of time as people write them in a search: numbers in many orders, names of months and days in English and by the locale, and words, which the
 * translators of each language have given with all their ways to write them.  Pure, any thread. */
#include "base-query-private.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "base-date.h"

#define FIRST_YEAR 1900
#define LAST_YEAR  2200
#define MAX_NUMBER 9999 /* of days, weeks ... */
#define MAX_TOKENS 12

typedef enum
{
  HOUR,
  DAY,
  WEEK,
  MONTH,
  YEAR,
} Unit;

/* ---- days ---- */

static void
today_of (gint64 now, GDate *today)
{
  g_autoptr (GDateTime) local = base_date_to_local (now);
  int year = 1970, month = 1, day = 1;

  if (local != NULL)
    g_date_time_get_ymd (local, &year, &month, &day);
  g_date_clear (today, 1);
  g_date_set_dmy (today, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static gint64
begin_of (const GDate *date)
{
  return base_date_of_day (g_date_get_year (date), (int)g_date_get_month (date),
                           g_date_get_day (date));
}

/* `n` of a unit later; FALSE: outside of what a calendar here knows. */
static gboolean
move (GDate *date, Unit unit, int n)
{
  int days = unit == WEEK ? n * 7 : n, months = unit == YEAR ? n * 12 : n;

  if (unit == DAY || unit == WEEK) {
    gint64 julian = (gint64)g_date_get_julian (date) + days;
    if (julian < 1)
      return FALSE;
    g_date_set_julian (date, (guint32)julian);
  } else {
    gint64 month = (gint64)g_date_get_year (date) * 12 + g_date_get_month (date) - 1 + months;
    GDateYear year = (GDateYear)(month / 12);
    GDateMonth of_year = (GDateMonth)(month % 12 + 1);
    if (month < FIRST_YEAR * 12 || month > LAST_YEAR * 12)
      return FALSE;
    g_date_set_dmy (date, MIN (g_date_get_day (date), g_date_get_days_in_month (of_year, year)),
                    of_year, year);
  }
  return g_date_get_year (date) >= FIRST_YEAR && g_date_get_year (date) <= LAST_YEAR;
}

/* The day, week, month or year that `date` is in. */
static gboolean
range_of (const GDate *date, Unit unit, BaseQueryRange *range)
{
  GDate first = *date, last;

  switch (unit) {
  case HOUR:
  case DAY:
    break;
  case WEEK:
    g_date_subtract_days (
        &first, (guint)((int)g_date_get_weekday (&first) - base_date_first_weekday () + 7) % 7);
    break;
  case MONTH:
    g_date_set_day (&first, 1);
    break;
  case YEAR:
    g_date_set_dmy (&first, 1, G_DATE_JANUARY, g_date_get_year (&first));
    break;
  }
  last = first;
  if (!move (&last, unit == HOUR ? DAY : unit, 1))
    return FALSE;
  range->from = begin_of (&first);
  range->until = begin_of (&last);
  return range->from != G_MININT64 && range->until != G_MININT64;
}

/* `month` 0: the whole year, `day` 0: the whole month. */
static gboolean
range_of_numbers (int year, int month, int day, BaseQueryRange *range)
{
  GDate date;

  if (year < FIRST_YEAR || year >= LAST_YEAR || month < 0 || month > 12 || day < 0
      || (day > 0 && !g_date_valid_dmy ((GDateDay)day, (GDateMonth)month, (GDateYear)year)))
    return FALSE;
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay)MAX (day, 1), (GDateMonth)MAX (month, 1), (GDateYear)year);
  return range_of (&date, month == 0 ? YEAR : day == 0 ? MONTH : DAY, range);
}

/* The last time, today included, that such a month or day was. */
static gboolean
range_without_year (const GDate *today, int month, int day, BaseQueryRange *range)
{
  int year = g_date_get_year (today);
  gint64 begins = begin_of (today);

  range->relative = TRUE;
  /* 29 February is not in every year */
  for (int back = 0; back < 9; back++) {
    if (range_of_numbers (year - back, month, day, range) && range->from <= begins)
      return TRUE;
  }
  return FALSE;
}

/* ---- names ---- */

/* Whether the locale calls it so, with a full stop behind it or without. */
static gboolean
is_item (nl_item item, const char *squeezed)
{
  const char *text = nl_langinfo (item), *name;
  gsize length;

  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  name = base_query_squeezed (text)[0];
  length = name != NULL ? strlen (name) : 0;
  length -= length > 0 && name[length - 1] == '.';
  return length > 0 && strlen (squeezed) == length && strncmp (name, squeezed, length) == 0;
}

/* 1 to 12; 0: none. */
static int
month_named (const char *squeezed)
{
  static const char *const english[] = { "january;jan", "february;feb", "march;mar",
                                         "april;apr",   "may",          "june;jun",
                                         "july;jul",    "august;aug",   "september;sep;sept",
                                         "october;oct", "november;nov", "december;dec" };
  static const nl_item items[] = { MON_1, MON_2, MON_3, MON_4,  MON_5,  MON_6,
                                   MON_7, MON_8, MON_9, MON_10, MON_11, MON_12 };
  static const nl_item short_items[] = { ABMON_1, ABMON_2, ABMON_3, ABMON_4,  ABMON_5,  ABMON_6,
                                         ABMON_7, ABMON_8, ABMON_9, ABMON_10, ABMON_11, ABMON_12 };
#ifdef ALTMON_1
  static const nl_item alone[] = { ALTMON_1, ALTMON_2, ALTMON_3, ALTMON_4,  ALTMON_5,  ALTMON_6,
                                   ALTMON_7, ALTMON_8, ALTMON_9, ALTMON_10, ALTMON_11, ALTMON_12 };
#endif

  for (int i = 0; i < 12; i++) {
    if (base_query_is_named (english[i], squeezed) || is_item (items[i], squeezed)
        || is_item (short_items[i], squeezed))
      return i + 1;
#ifdef ALTMON_1
    if (is_item (alone[i], squeezed))
      return i + 1;
#endif
  }
  return 0;
}

static const char *const weekdays[] = {
  /* Translators: names of the days of the week in a search; several may be given with “;” between them */
  NC_ ("search date", "Sunday;Sun"),   NC_ ("search date", "Monday;Mon"),
  NC_ ("search date", "Tuesday;Tue"),  NC_ ("search date", "Wednesday;Wed"),
  NC_ ("search date", "Thursday;Thu"), NC_ ("search date", "Friday;Fri"),
  NC_ ("search date", "Saturday;Sat"),
};

static const char *
spoken (const char *message)
{
  return g_dpgettext2 (NULL, "search date", message);
}

/* 0: Sunday ... 6; -1: none. */
static int
weekday_named (const char *squeezed)
{
  static const nl_item items[] = { DAY_1, DAY_2, DAY_3, DAY_4, DAY_5, DAY_6, DAY_7 };
  static const nl_item short_items[] = { ABDAY_1, ABDAY_2, ABDAY_3, ABDAY_4,
                                         ABDAY_5, ABDAY_6, ABDAY_7 };

  for (int i = 0; i < 7; i++) {
    if (base_query_is_named (weekdays[i], squeezed)
        || base_query_is_named (spoken (weekdays[i]), squeezed) || is_item (items[i], squeezed)
        || is_item (short_items[i], squeezed))
      return i;
  }
  return -1;
}

/* ---- words ---- */

typedef enum
{
  RANGE,   /* the unit that many units ago: 1 WEEK is last week */
  AGO,     /* the day that many units ago; "#" is how many */
  PAST,    /* from that many units ago until now */
  SPAN,    /* "3 days", for older_than: and newer_than: */
  WEEKDAY, /* "%": one of them: the last one, today not included */
  IN_WEEK, /* "%": the one in the week that many weeks ago */
} Meaning;

static const struct
{
  Meaning meaning;
  Unit unit;
  int n; /* 0 where "#" is */
  gboolean offered;
  const char *names;
} phrases[] = {
  /* Translators: dates in a search, as in “on:yesterday”, in small letters; spaces, “-” and “_” do not matter.  Several may be given with “;” between them: the more the better, the first one is shown */
  { RANGE, DAY, 0, TRUE, NC_ ("search date", "today") },
  { RANGE, DAY, 1, TRUE, NC_ ("search date", "yesterday") },
  { RANGE, DAY, 2, FALSE, NC_ ("search date", "the day before yesterday;day before yesterday") },
  { RANGE, WEEK, 0, TRUE, NC_ ("search date", "this week") },
  { RANGE, WEEK, 1, TRUE, NC_ ("search date", "last week") },
  { RANGE, WEEK, 2, FALSE, NC_ ("search date", "the week before last;week before last") },
  { RANGE, MONTH, 0, TRUE, NC_ ("search date", "this month") },
  { RANGE, MONTH, 1, TRUE, NC_ ("search date", "last month") },
  { RANGE, MONTH, 2, FALSE, NC_ ("search date", "the month before last;month before last") },
  { RANGE, YEAR, 0, TRUE, NC_ ("search date", "this year") },
  { RANGE, YEAR, 1, TRUE, NC_ ("search date", "last year") },
  { RANGE, YEAR, 2, FALSE, NC_ ("search date", "the year before last;year before last") },
  /* Translators: “#” stands for a number */
  { AGO, DAY, 0, FALSE, NC_ ("search date", "# days ago;# day ago") },
  { AGO, WEEK, 0, FALSE, NC_ ("search date", "# weeks ago;# week ago") },
  { AGO, MONTH, 0, FALSE, NC_ ("search date", "# months ago;# month ago") },
  { AGO, YEAR, 0, FALSE, NC_ ("search date", "# years ago;# year ago") },
  { AGO, DAY, 1, FALSE, NC_ ("search date", "a day ago;one day ago") },
  { AGO, WEEK, 1, FALSE, NC_ ("search date", "a week ago;one week ago") },
  { AGO, MONTH, 1, FALSE, NC_ ("search date", "a month ago;one month ago") },
  { AGO, YEAR, 1, FALSE, NC_ ("search date", "a year ago;one year ago") },
  { PAST, DAY, 0, FALSE, NC_ ("search date", "last # days;past # days") },
  { PAST, WEEK, 0, FALSE, NC_ ("search date", "last # weeks;past # weeks") },
  { PAST, MONTH, 0, FALSE, NC_ ("search date", "last # months;past # months") },
  { PAST, YEAR, 0, FALSE, NC_ ("search date", "last # years;past # years") },
  { PAST, WEEK, 1, FALSE, NC_ ("search date", "past week") },
  { PAST, MONTH, 1, FALSE, NC_ ("search date", "past month") },
  { PAST, YEAR, 1, FALSE, NC_ ("search date", "past year") },
  /* Translators: spans of time in a search, as in “newer_than:3d”; “#” stands for a number */
  { SPAN, HOUR, 0, FALSE, NC_ ("search date", "#h;# hours;# hour") },
  { SPAN, DAY, 0, FALSE, NC_ ("search date", "#d;# days;# day") },
  { SPAN, WEEK, 0, FALSE, NC_ ("search date", "#w;# weeks;# week") },
  { SPAN, MONTH, 0, FALSE, NC_ ("search date", "#m;# months;# month") },
  { SPAN, YEAR, 0, FALSE, NC_ ("search date", "#y;# years;# year") },
  { SPAN, DAY, 1, FALSE, NC_ ("search date", "a day;one day") },
  { SPAN, WEEK, 1, TRUE, NC_ ("search date", "a week;one week") },
  { SPAN, MONTH, 1, TRUE, NC_ ("search date", "a month;one month") },
  { SPAN, YEAR, 1, TRUE, NC_ ("search date", "a year;one year") },
  /* Translators: “%” stands for a day of the week */
  { WEEKDAY, DAY, 0, FALSE, NC_ ("search date", "last %") },
  { IN_WEEK, WEEK, 0, FALSE, NC_ ("search date", "this week %;% this week") },
  { IN_WEEK, WEEK, 1, FALSE, NC_ ("search date", "last week %;% last week") },
};

static gboolean
is_offered_for (guint i, gboolean spans)
{
  return phrases[i].offered && (phrases[i].meaning == SPAN) == spans;
}

/* Does `squeezed` say what `name` does?  *n: the number that stands for its "#", *weekday: for its "%". */
static gboolean
fits (const char *name, const char *squeezed, int *n, int *weekday)
{
  const char *hole = strpbrk (name, "#%");
  gsize before = hole != NULL ? (gsize)(hole - name) : 0, length = strlen (squeezed), after;

  if (hole == NULL)
    return *name != '\0' && strcmp (name, squeezed) == 0;
  after = strlen (hole + 1);
  if (length <= before + after || strncmp (name, squeezed, before) != 0
      || strcmp (squeezed + length - after, hole + 1) != 0)
    return FALSE;
  g_autofree char *inner = g_strndup (squeezed + before, length - before - after);
  if (*hole == '%')
    return (*weekday = weekday_named (inner)) >= 0;
  if (strspn (inner, "0123456789") != strlen (inner) || strlen (inner) > 4)
    return FALSE;
  *n = atoi (inner);
  return TRUE;
}

static int
find_phrase (const char *squeezed, gboolean spans, int *n, int *weekday)
{
  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++) {
    const char *turns[] = { phrases[i].names, spoken (phrases[i].names) };

    *n = phrases[i].n;
    for (guint turn = 0; turn < 2 && (phrases[i].meaning == SPAN) == spans; turn++) {
      const char *const *each = base_query_squeezed (turns[turn]);

      for (guint j = 0; each[j] != NULL; j++) {
        if (fits (each[j], squeezed, n, weekday))
          return (int)i;
      }
    }
  }
  return -1;
}

static gboolean
last_weekday (const GDate *today, int weekday, gboolean may_be_today, BaseQueryRange *range)
{
  GDate date = *today;
  int back = ((int)g_date_get_weekday (today) - weekday + 7) % 7;

  range->relative = TRUE;
  return move (&date, DAY, -(back == 0 && !may_be_today ? 7 : back))
         && range_of (&date, DAY, range);
}

static gboolean
weekday_in_week (const GDate *today, int weekday, int weeks, BaseQueryRange *range)
{
  GDate date = *today;
  int first = base_date_first_weekday ();
  int into = ((int)g_date_get_weekday (today) - first + 7) % 7, wanted = (weekday - first + 7) % 7;

  return move (&date, DAY, wanted - into - weeks * 7) && range_of (&date, DAY, range);
}

static gboolean
parse_phrase (const char *squeezed, const GDate *today, BaseQueryRange *range)
{
  GDate date = *today;
  int n = 0, weekday = -1, i = find_phrase (squeezed, FALSE, &n, &weekday);

  if (i < 0) {
    weekday = weekday_named (squeezed);
    return weekday >= 0 && last_weekday (today, weekday, TRUE, range);
  }
  range->relative = TRUE;
  switch (phrases[i].meaning) {
  case RANGE:
    /* The month before 31 March is February */
    if (phrases[i].unit == MONTH)
      g_date_set_day (&date, 1);
    return move (&date, phrases[i].unit, -n) && range_of (&date, phrases[i].unit, range);
  case AGO:
    return move (&date, phrases[i].unit, -n) && range_of (&date, DAY, range);
  case PAST:
    if (!move (&date, phrases[i].unit, -n) || !range_of (today, DAY, range))
      return FALSE;
    range->from = begin_of (&date);
    return range->from != G_MININT64;
  case WEEKDAY:
    return last_weekday (today, weekday, FALSE, range);
  case IN_WEEK:
    return weekday_in_week (today, weekday, phrases[i].n, range);
  case SPAN:
    break;
  }
  return FALSE;
}

gboolean
base_query_span_parse (const char *text, gint64 now, gint64 *moment)
{
  g_autofree char *squeezed = base_query_name (text, -1, TRUE);
  g_autoptr (GDateTime) local = base_date_to_local (now);
  g_autoptr (GDateTime) then = NULL;
  int n = 0, weekday, i = find_phrase (squeezed, TRUE, &n, &weekday);

  if (i < 0 || local == NULL)
    return FALSE;
  switch (phrases[i].unit) {
  case HOUR:
    then = g_date_time_add_hours (local, -n);
    break;
  case DAY:
    then = g_date_time_add_days (local, -n);
    break;
  case WEEK:
    then = g_date_time_add_weeks (local, -n);
    break;
  case MONTH:
    then = g_date_time_add_months (local, -n);
    break;
  case YEAR:
    then = g_date_time_add_years (local, -n);
    break;
  }
  if (then == NULL)
    return FALSE;
  *moment = g_date_time_to_unix (then);
  return TRUE;
}

/* ---- numbers ---- */

/* A number, a name, or one character. */
typedef struct
{
  int number; /* -1: none */
  guint digits;
  char *name; /* NULL: none */
  gunichar sign;
} Token;

static void
token_clear (Token *token)
{
  g_free (token->name);
}

/* NULL: too many. */
static GArray *
tokens_of (const char *name)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (Token));

  g_array_set_clear_func (tokens, (GDestroyNotify)token_clear);
  for (const char *c = name; *c != '\0';) {
    gunichar first = g_utf8_get_char (c);
    const char *begin = c;
    Token token = { .number = -1 };

    if (g_ascii_isdigit (*c)) {
      token.digits = (guint)strspn (c, "0123456789");
      if (token.digits > 8)
        return NULL;
      token.number = (int)g_ascii_strtoll (c, NULL, 10);
      c += token.digits;
    } else if (g_unichar_isalpha (first)) {
      while (*c != '\0' && g_unichar_isalpha (g_utf8_get_char (c)))
        c = g_utf8_next_char (c);
      token.name = g_strndup (begin, (gsize)(c - begin));
    } else {
      token.sign = first;
      c = g_utf8_next_char (c);
    }
    if (token.sign != ' ')
      g_array_append_val (tokens, token);
    if (tokens->len > MAX_TOKENS)
      return NULL;
  }
  return g_steal_pointer (&tokens);
}

/* Whether the locale writes what one of `first` stands for in front of what `second` does; "%D" has the month first. */
static gboolean
comes_first (const char *first, const char *second)
{
  const char *format = nl_langinfo (D_FMT);
  const char *one = strpbrk (format, first), *other = strpbrk (format, second);

  return one != NULL && other != NULL && one < other;
}

/* Of a date in numbers only. */
static gboolean
numbers_to_range (const GDate *today, const int *numbers, const guint *digits, guint n,
                  gunichar sign, BaseQueryRange *range)
{
  int first = numbers[0], second = numbers[1], year = n == 3 ? numbers[2] : 0;

  if (digits[0] == 4 && digits[1] <= 2 && (n == 2 || digits[2] <= 2))
    return range_of_numbers (first, second, n == 3 ? numbers[2] : 0, range) && second > 0
           && (n == 2 || numbers[2] > 0);
  if (digits[0] > 2)
    return FALSE;
  /* 3/2024 */
  if (n == 2 && digits[1] == 4)
    return first > 0 && range_of_numbers (second, first, 0, range);
  if (digits[1] > 2 || (n == 3 && digits[2] != 4 && digits[2] != 2))
    return FALSE;
  if (n == 3 && digits[2] == 2) {
    if (comes_first ("yY", "mbBD"))
      return digits[0] == 2 && second > 0 && numbers[2] > 0
             && range_of_numbers (2000 + first, second, numbers[2], range);
    year += 2000;
  }
  /* 15.3. is what those write who put the day first; of 15/3 only one can be a month */
  for (guint turn = 0; turn < 2; turn++) {
    gboolean days_first = (sign == '.' || comes_first ("de", "mbBD")) ^ (turn == 1);
    int day = days_first ? first : second, month = days_first ? second : first;

    if (day > 0 && month > 0
        && (n == 3 ? range_of_numbers (year, month, day, range)
                   : range_without_year (today, month, day, range)))
      return TRUE;
  }
  return FALSE;
}

static gboolean
parse_numbers (const GArray *tokens, const GDate *today, BaseQueryRange *range)
{
  int numbers[3];
  guint digits[3], n = 0, i = 0, len = tokens->len;
  gunichar sign = 0;

  /* "2024. 3. 15." */
  if (len > 1 && g_array_index (tokens, Token, len - 1).sign == '.')
    len--;
  for (; i < len; i++) {
    const Token *token = &g_array_index (tokens, Token, i);

    if (i % 2 == 1) {
      if (token->sign == 0 || strchr ("-./", (int)token->sign) == NULL || token->sign > 127
          || (sign != 0 && token->sign != sign))
        return FALSE;
      sign = token->sign;
      continue;
    }
    if (token->number < 0 || n == G_N_ELEMENTS (numbers))
      return FALSE;
    numbers[n] = token->number;
    digits[n++] = token->digits;
  }
  if (i % 2 == 0)
    return FALSE;
  if (n > 1)
    return numbers_to_range (today, numbers, digits, n, sign, range);
  if (digits[0] == 4)
    return range_of_numbers (numbers[0], 0, 0, range);
  return digits[0] == 8 && numbers[0] / 100 % 100 > 0 && numbers[0] % 100 > 0
         && range_of_numbers (numbers[0] / 10000, numbers[0] / 100 % 100, numbers[0] % 100, range);
}

/* 2024년 3월 15일, 3月 15日, 3월 */
static gboolean
parse_marked (const GArray *tokens, const GDate *today, BaseQueryRange *range)
{
  static const char *const marks[3][3] = { { "년", "年", "년도" },
                                           { "월", "月", "월달" },
                                           { "일", "日", "号" } };
  int values[3] = { -1, -1, -1 };
  guint stage = 0;

  if (tokens->len % 2 == 1 || tokens->len == 0)
    return FALSE;
  for (guint i = 0; i < tokens->len; i += 2) {
    const Token *number = &g_array_index (tokens, Token, i),
                *name = &g_array_index (tokens, Token, i + 1);

    while (stage < 3
           && (name->name == NULL
               || (strcmp (name->name, marks[stage][0]) != 0
                   && strcmp (name->name, marks[stage][1]) != 0
                   && strcmp (name->name, marks[stage][2]) != 0)))
      stage++;
    if (stage == 3 || number->number <= 0)
      return FALSE;
    values[stage++] = number->number;
  }
  if (values[2] > 0 && values[1] < 0)
    return FALSE;
  return values[0] > 0
             ? range_of_numbers (values[0], MAX (values[1], 0), MAX (values[2], 0), range)
             : values[1] <= 12 && range_without_year (today, values[1], MAX (values[2], 0), range);
}

/* march 2024, 15 march, March 15, 2024, 15. März 2024, march */
static gboolean
parse_month_name (const GArray *tokens, const GDate *today, BaseQueryRange *range)
{
  int month = 0, day = 0, year = 0;

  for (guint i = 0; i < tokens->len; i++) {
    const Token *token = &g_array_index (tokens, Token, i);

    if (token->sign == ',' || token->sign == '.' || token->sign == '-')
      continue;
    if (token->name != NULL && month == 0 && (month = month_named (token->name)) != 0)
      continue;
    /* 15th; 15 de marzo de 2024 */
    if (token->name != NULL && (base_query_is_named ("st;nd;rd;th;of;de", token->name)) && i > 0)
      continue;
    if (token->number > 0 && token->digits == 4 && year == 0)
      year = token->number;
    else if (token->number > 0 && token->digits <= 2 && day == 0)
      day = token->number;
    else
      return FALSE;
  }
  if (month == 0)
    return FALSE;
  return year != 0 ? range_of_numbers (year, month, day, range)
                   : range_without_year (today, month, day, range);
}

static gboolean
parse_one (const char *text, gint64 now, BaseQueryRange *range)
{
  g_autofree char *name = base_query_name (text, -1, FALSE);
  g_autofree char *squeezed = base_query_name (text, -1, TRUE);
  g_autoptr (GArray) tokens = tokens_of (name);
  gint64 moment;
  GDate today;

  range->relative = FALSE;
  if (*squeezed == '\0')
    return FALSE;
  today_of (now, &today);
  if (tokens != NULL && tokens->len > 0
      && (parse_numbers (tokens, &today, range) || parse_marked (tokens, &today, range)
          || parse_month_name (tokens, &today, range)))
    return TRUE;
  range->relative = FALSE;
  if (parse_phrase (squeezed, &today, range))
    return TRUE;
  /* "before:3d" is the day that long ago */
  if (!base_query_span_parse (text, now, &moment))
    return FALSE;
  today_of (moment, &today);
  range->relative = TRUE;
  return range_of (&today, DAY, range);
}

gboolean
base_query_date_parse (const char *text, gint64 now, BaseQueryRange *range)
{
  const char *dots = strstr (text, "..");
  BaseQueryRange last;

  if (dots == NULL || dots == text)
    return parse_one (text, now, range);
  g_autofree char *first = g_strndup (text, (gsize)(dots - text));
  if (!parse_one (first, now, range) || !parse_one (dots + 2, now, &last)
      || last.until <= range->from)
    return FALSE;
  range->until = last.until;
  range->relative |= last.relative;
  return TRUE;
}

/* ---- what is nearest ---- */

/* "2024-13-01": day and month the other way round, else as near as there is one. */
static char *
nearest_number (const char *text, gint64 now)
{
  g_autofree char *name = base_query_name (text, -1, FALSE);
  g_autoptr (GArray) tokens = tokens_of (name);
  int numbers[3], n = 0;
  BaseQueryRange range;

  /* Of 2024-03-15T10:00 no more than the day is meant */
  for (guint i = 0; tokens != NULL && i < tokens->len && n < 3; i++) {
    if (g_array_index (tokens, Token, i).number >= 0)
      numbers[n++] = g_array_index (tokens, Token, i).number;
  }
  if (n < 2 || numbers[0] < FIRST_YEAR || numbers[0] >= LAST_YEAR)
    return NULL;
  if (n == 3 && numbers[1] > 12 && range_of_numbers (numbers[0], numbers[2], numbers[1], &range)
      && numbers[2] > 0 && numbers[1] > 0)
    return g_strdup_printf ("%d-%02d-%02d", numbers[0], numbers[2], numbers[1]);
  numbers[1] = CLAMP (numbers[1], 1, 12);
  if (n == 2)
    return g_strdup_printf ("%d-%02d", numbers[0], numbers[1]);
  return g_strdup_printf (
      "%d-%02d-%02d", numbers[0], numbers[1],
      CLAMP (numbers[2], 1,
             (int)g_date_get_days_in_month ((GDateMonth)numbers[1], (GDateYear)numbers[0])));
}

/* `text` with "#" where its first number is, and that number. */
static char *
without_number (const char *squeezed, char **number)
{
  gsize at = strcspn (squeezed, "0123456789"), digits = strspn (squeezed + at, "0123456789");

  *number = g_strndup (squeezed + at, digits);
  return g_strdup_printf ("%.*s%s%s", (int)at, squeezed, digits > 0 ? "#" : "",
                          squeezed + at + digits);
}

static char *
nearest_phrase (const char *text, gboolean spans)
{
  g_autofree char *squeezed = base_query_name (text, -1, TRUE);
  g_autofree char *number = NULL;
  g_autofree char *name = without_number (squeezed, &number);
  guint n = (guint)g_utf8_strlen (name, -1), best = n < 4 ? 2 : n < 8 ? 3 : 4;
  char *nearest = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (phrases) + G_N_ELEMENTS (weekdays); i++) {
    const char *names =
        i < G_N_ELEMENTS (phrases) ? phrases[i].names : weekdays[i - G_N_ELEMENTS (phrases)];
    g_autofree char *both = g_strconcat (names, ";", spoken (names), NULL);
    g_auto (GStrv) each = g_strsplit (both, ";", -1);

    if (i < G_N_ELEMENTS (phrases) ? (phrases[i].meaning == SPAN) != spans : spans)
      continue;
    for (guint j = 0; each[j] != NULL; j++) {
      g_autofree char *known = base_query_name (each[j], -1, TRUE);
      guint distance = base_query_distance (name, known, best);

      if (*known != '\0' && distance < best && strchr (known, '%') == NULL
          && (strchr (known, '#') != NULL) == (*number != '\0')) {
        g_auto (GStrv) halves = g_strsplit (each[j], "#", 2);

        best = distance;
        g_free (nearest);
        nearest = g_strjoinv (number, halves);
      }
    }
  }
  return nearest;
}

char *
base_query_date_nearest (const char *text, gint64 now)
{
  g_autofree char *nearest = nearest_number (text, now);
  BaseQueryRange range;

  if (nearest == NULL)
    nearest = nearest_phrase (text, FALSE);
  return nearest != NULL && base_query_date_parse (nearest, now, &range)
             ? g_steal_pointer (&nearest)
             : NULL;
}

char *
base_query_span_nearest (const char *text, gint64 now)
{
  g_autofree char *squeezed = base_query_name (text, -1, TRUE);
  g_autofree char *nearest = NULL;
  gint64 moment;

  /* Nearly all that people count are days */
  if (*squeezed != '\0' && strspn (squeezed, "0123456789") == strlen (squeezed))
    nearest = g_strconcat (squeezed, "d", NULL);
  else
    nearest = nearest_phrase (text, TRUE);
  return nearest != NULL && base_query_span_parse (nearest, now, &moment)
             ? g_steal_pointer (&nearest)
             : NULL;
}

/* ---- what may be typed ---- */

static char *
help_of (const char *shown, gint64 now, gboolean span)
{
  BaseQueryRange range;
  g_autoptr (GDateTime) from = NULL, last = NULL;
  g_autofree char *first_text = NULL, *last_text = NULL;

  if (span ? !base_query_span_parse (shown, now, &range.from)
           : !base_query_date_parse (shown, now, &range))
    return g_strdup ("");
  from = base_date_to_local (range.from);
  last = base_date_to_local (span ? range.from : range.until - 1);
  if (from == NULL || last == NULL)
    return g_strdup ("");
  first_text = g_date_time_format (from, "%x");
  last_text = g_date_time_format (last, "%x");
  if (strcmp (first_text, last_text) == 0)
    return g_steal_pointer (&first_text);
  /* Translators: from a date to another */
  return g_strdup_printf (C_ ("search date", "%s – %s"), first_text, last_text);
}

static void
offer (const char *text, gint64 now, gboolean spans, BaseQueryValueFunc func, gpointer user_data)
{
  g_autofree char *typed = base_query_name (text, -1, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++) {
    const char *turns[] = { spoken (phrases[i].names), phrases[i].names };

    if (!is_offered_for (i, spans))
      continue;
    for (guint turn = 0; turn < G_N_ELEMENTS (turns); turn++) {
      const char *const *squeezed = base_query_squeezed (turns[turn]);
      gboolean begun = FALSE;

      for (guint j = 0; squeezed[j] != NULL && !begun; j++)
        begun = g_str_has_prefix (squeezed[j], typed);
      if (begun) {
        g_auto (GStrv) each = g_strsplit (turns[turn], ";", -1);
        g_autofree char *help = help_of (each[0], now, spans);

        func (each[0], help, user_data);
        break;
      }
    }
  }
}

void
base_query_date_foreach (const char *text, gint64 now, BaseQueryValueFunc func, gpointer user_data)
{
  offer (text, now, FALSE, func, user_data);
}

void
base_query_span_foreach (const char *text, gint64 now, BaseQueryValueFunc func, gpointer user_data)
{
  offer (text, now, TRUE, func, user_data);
}
