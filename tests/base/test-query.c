/* What is typed to find mail: what it means, what is said of what it does not, its pieces, what completes it.  English, then with the translations of Korean. */
#include "test-base.h"

#include <glib.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "base-query.h"
#include "locales.h"

/* Thursday, 26 November 2026, 9:30 */
static gint64
get_now (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_local (2026, 11, 26, 9, 30, 0);

  return g_date_time_to_unix (now);
}

static gint64
day (int year, int month, int of_month)
{
  g_autoptr (GDateTime) begins = g_date_time_new_local (year, month, of_month, 0, 0, 0);

  return g_date_time_to_unix (begins);
}

static void
check_places (const BaseQueryNode *node, guint start, guint end)
{
  g_assert_cmpuint (node->start, >=, start);
  g_assert_cmpuint (node->end, <=, end);
  g_assert_cmpuint (node->start, <=, node->end);
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    check_places (node->children->pdata[i], node->start, node->end);
}

static BaseQuery *
parse (const char *typed)
{
  BaseQuery *query = base_query_parse (typed, get_now ());

  check_places (base_query_get_root (query), 0, (guint)strlen (base_query_get_typed (query)));
  return query;
}

static void
check (const char *typed, const char *normal)
{
  g_autoptr (BaseQuery) query = parse (typed);
  g_autofree char *result = base_query_dup_normal (query);
  GPtrArray *problems = base_query_get_problems (query);

  if (problems->len > 0)
    g_test_message ("%s: %s", typed, ((BaseQueryProblem *)problems->pdata[0])->sentence);
  if (strcmp (result, normal) != 0)
    g_test_message ("%s", typed);
  g_assert_cmpstr (result, ==, normal);
  g_assert_cmpuint (problems->len, ==, 0);
}

/* One problem, at `place`, with what would be right (NULL: nobody knows), which is. */
static void
check_problem (const char *typed, const char *normal, const char *place, const char *instead)
{
  g_autoptr (BaseQuery) query = parse (typed);
  g_autofree char *result = base_query_dup_normal (query);
  GPtrArray *problems = base_query_get_problems (query);
  const BaseQueryProblem *problem;
  g_autofree char *there = NULL;

  if (problems->len != 1 || strcmp (result, normal) != 0)
    g_test_message ("%s", typed);
  g_assert_cmpstr (result, ==, normal);
  g_assert_cmpuint (problems->len, ==, 1);
  problem = problems->pdata[0];
  there = g_strndup (typed + problem->start, problem->end - problem->start);
  g_assert_cmpstr (there, ==, place);
  g_assert_cmpstr (problem->instead, ==, instead);
  g_assert_true (strlen (problem->sentence) > 10);
  if (instead != NULL) {
    g_autoptr (BaseQuery) mended = parse (instead);

    g_assert_cmpuint (base_query_get_problems (mended)->len, ==, 0);
  }
}

/* More than one, all of them mended by the same. */
static void
check_problems (const char *typed, const char *normal, const char *instead)
{
  g_autoptr (BaseQuery) query = parse (typed);
  g_autoptr (BaseQuery) mended = parse (instead);
  g_autofree char *result = base_query_dup_normal (query);
  GPtrArray *problems = base_query_get_problems (query);

  g_assert_cmpstr (result, ==, normal);
  g_assert_cmpuint (problems->len, >, 1);
  for (guint i = 0; i < problems->len; i++)
    g_assert_cmpstr (((BaseQueryProblem *)problems->pdata[i])->instead, ==, instead);
  g_assert_cmpuint (base_query_get_problems (mended)->len, ==, 0);
}

static void
test_words (void)
{
  check ("", "all");
  check ("  \t\n　", "all");
  check ("kim", ":\"kim\"");
  check ("kim Lee", "(and :\"kim\" :\"lee\")");
  check ("\"a b\"", "=\"a b\"");
  check ("“a b” „c d“ ＂e f＂ «g h»", "(and =\"a b\" =\"c d\" =\"e f\" =\"g h\")");
  check ("\"a \\\"b\\\" \\\\ \\c\"", "=\"a \\\"b\\\" \\\\ \\\\c\"");
  check ("foo\"b c\"", "(and :\"foo\" =\"b c\")");
  check ("5\" wide", "(and :\"5\\\"\" :\"wide\")");
  check ("main() f(x,y)", "(and :\"f(x,y)\" :\"main()\")");
  check (":) a - b -- c", "(and :\"-\" :\"--\" :\":)\" :\"a\" :\"b\" :\"c\")");
  /* No operators */
  check ("kim@example.com", ":\"kim@example.com\"");
  check ("https://example.com/a?b:c", ":\"https://example.com/a?b:c\"");
  check ("mailto:kim@example.com", ":\"mailto:kim@example.com\"");
  check ("file:///home/kim", ":\"file:///home/kim\"");
  check ("10:30 re: re:foo Fwd:bar x: C:\\dir",
         "(and :\"10:30\" :\"c:\\\\dir\" :\"fwd:bar\" :\"re:\" :\"re:foo\" :\"x:\")");
  check ("\"is:unread\"", "=\"is:unread\"");
  check ("or and not", "(and :\"and\" :\"not\" :\"or\")");
}

static void
test_structure (void)
{
  check ("a OR b", "(or :\"a\" :\"b\")");
  check ("a b OR c d", "(and (or :\"b\" :\"c\") :\"a\" :\"d\")");
  check ("a OR b OR c", "(or :\"a\" :\"b\" :\"c\")");
  check ("a | b", "(or :\"a\" :\"b\")");
  check ("a AND b OR c", "(and (or :\"b\" :\"c\") :\"a\")");
  check ("-a NOT b c", "(and (not :\"a\") (not :\"b\") :\"c\")");
  check ("－a", "(not :\"a\")");
  check ("--a", ":\"--a\"");
  check ("NOT -a", ":\"a\"");
  check ("NOT NOT a", ":\"a\"");
  check ("-(a b)", "(not (and :\"a\" :\"b\"))");
  check ("-(-a)", ":\"a\"");
  check ("(a b) OR (c (d OR -e))",
         "(or (and (or (not :\"e\") :\"d\") :\"c\") (and :\"a\" :\"b\"))");
  check ("（a　OR　b）", "(or :\"a\" :\"b\")");
  check ("from:(kim OR lee) to:(a -b subject:c)",
         "(and (and (not to:\"b\") subject:\"c\" to:\"a\") (or from:\"kim\" from:\"lee\"))");
  check ("-from:(kim OR lee)", "(not (or from:\"kim\" from:\"lee\"))");
  check ("-from:kim OR is:unread", "(or (not from:\"kim\") is:unread)");
  check ("-\"a b\"", "(not =\"a b\")");
  check ("a a", "(and :\"a\")");
}

static void
test_operators (void)
{
  check ("from:kim", "from:\"kim\"");
  check ("From: Kim", "from:\"kim\"");
  check ("ＦＲＯＭ：kim", "from:\"kim\"");
  check ("from:\"Kim Min\"", "from=\"kim min\"");
  check ("to:a cc:b bcc:c subject:d body:e list:f",
         "(and body:\"e\" cc:\"b\" cc:\"c\" list:\"f\" subject:\"d\" to:\"a\")");
  check ("subject:re:", "subject:\"re:\"");
  check ("has:attachment has:files", "(and has:attachment)");
  check ("filename:a.pdf filename:*", "(and filename:\"a.pdf\" has:attachment)");
  check ("type:pdf type:photos type:HWP type:application/zip",
         "(and type:\"application/zip\" type:\"hwp\" type:\"image\" type:\"pdf\")");
  check ("is:unread is:seen is:flagged is:answered is:forwarded is:draft",
         "(and is:draft is:forwarded is:read is:replied is:starred is:unread)");
  check ("to:a@x.kr, b; is:unread, type:*.hwp type:.PDF ,",
         "(and :\",\" :\"b\" is:unread to:\"a@x.kr\" type:\"hwp\" type:\"pdf\")");
  check ("is:unstarred -is:unreplied", "(and (not is:starred) is:replied)");
  check ("in:spam in:anywhere in:Work in:\"Old Work\"",
         "(and in:\"old work\" in:\"work\" in:anywhere in:junk)");
  check ("account:work label:urgent tag:\"a b\"",
         "(and account:\"work\" label:\"a b\" label:\"urgent\")");
  check ("larger:10M smaller:1.5GB", "(and size:0-1499999999 size:10000001-18446744073709551615)");
  check ("larger:500 KB foo", "(and :\"foo\" size:500001-18446744073709551615)");
  check ("size:1,5MiB", "size:1572865-18446744073709551615");
}

static void
check_dates (const char *typed, gint64 from, gint64 until)
{
  g_autoptr (BaseQuery) query = parse (typed);
  const BaseQueryNode *root = base_query_get_root (query);

  if (root->kind != BASE_QUERY_DATE || root->from != from || root->until != until)
    g_test_message ("%s", typed);
  g_assert_cmpuint (base_query_get_problems (query)->len, ==, 0);
  g_assert_cmpint (root->kind, ==, BASE_QUERY_DATE);
  g_assert_cmpint (root->from, ==, from);
  g_assert_cmpint (root->until, ==, until);
}

static void
test_dates (void)
{
  static const char *const march[] = { "2024-03",        "2024/3",         "2024.3",
                                       "2024년 3월",     "2024년3월",      "march 2024",
                                       "Mar 2024",       "2024 march",     "3/2024",
                                       "\"march 2024\"", "２０２４－０３", "2024年3月" };
  static const char *const ides[] = {
    "2024-03-15",    "2024/3/15",       "2024. 3. 15.",        "20240315",
    "3/15/2024",     "15/3/2024",       "15.3.2024",           "March 15, 2024",
    "15 march 2024", "2024년 3월 15일", "\"2024년 3월 15일\"", "15th of March 2024",
    "03/15/24"
  };
  gint64 never = G_MININT64, ever = G_MAXINT64;

  for (guint i = 0; i < G_N_ELEMENTS (march); i++) {
    g_autofree char *on = g_strconcat ("on:", march[i], NULL);
    check_dates (on, day (2024, 3, 1), day (2024, 4, 1));
  }
  for (guint i = 0; i < G_N_ELEMENTS (ides); i++) {
    g_autofree char *on = g_strconcat ("on:", ides[i], NULL);
    check_dates (on, day (2024, 3, 15), day (2024, 3, 16));
  }
  check_dates ("on:2024", day (2024, 1, 1), day (2025, 1, 1));
  check_dates ("before:2024-03-15", never, day (2024, 3, 15));
  check_dates ("after:2024-03", day (2024, 3, 1), ever);
  check_dates ("on:2024-02..2024-03-15", day (2024, 2, 1), day (2024, 3, 16));
  check_dates ("on:today", day (2026, 11, 26), day (2026, 11, 27));
  check_dates ("on:yesterday", day (2026, 11, 25), day (2026, 11, 26));
  check_dates ("on:day before yesterday", day (2026, 11, 24), day (2026, 11, 25));
  check_dates ("on:this week", day (2026, 11, 22), day (2026, 11, 29));
  check_dates ("on:last-week", day (2026, 11, 15), day (2026, 11, 22));
  check_dates ("on:last month", day (2026, 10, 1), day (2026, 11, 1));
  check_dates ("on:last year", day (2025, 1, 1), day (2026, 1, 1));
  check_dates ("on:3 days ago", day (2026, 11, 23), day (2026, 11, 24));
  check_dates ("after:2 weeks ago", day (2026, 11, 12), ever);
  check_dates ("on:last 7 days", day (2026, 11, 19), day (2026, 11, 27));
  check_dates ("on:monday", day (2026, 11, 23), day (2026, 11, 24));
  check_dates ("on:thursday", day (2026, 11, 26), day (2026, 11, 27));
  check_dates ("on:last thursday", day (2026, 11, 19), day (2026, 11, 20));
  check_dates ("on:last week mon", day (2026, 11, 16), day (2026, 11, 17));
  check_dates ("on:march", day (2026, 3, 1), day (2026, 4, 1));
  check_dates ("on:december", day (2025, 12, 1), day (2026, 1, 1));
  check_dates ("on:march 15", day (2026, 3, 15), day (2026, 3, 16));
  check_dates ("on:12/31", day (2025, 12, 31), day (2026, 1, 1));
  check_dates ("on:feb 29", day (2024, 2, 29), day (2024, 3, 1));
  check_dates ("before:3d", never, day (2026, 11, 23));
  check_dates ("newer_than:3d", get_now () - 3 * 86400, ever);
  check_dates ("older_than:2 weeks", never, get_now () - 14 * 86400);
  check_dates ("older_than:2024", never, day (2024, 1, 1));
  /* Only what is a date belongs to it */
  check ("after:last week report", "(and :\"report\" date:from\"last week\")");
  check ("on:monday 3", "(and :\"3\" date:fromuntil\"monday\")");
  check ("on:2024-03-15 OR on:today", "(or date:1710428400-1710514800 date:fromuntil\"today\")");
  check ("on:(today OR yesterday)", "(or date:fromuntil\"today\" date:fromuntil\"yesterday\")");
}

static void
test_problems (void)
{
  check_problem ("form:kim", ":\"form:kim\"", "form:", "from:kim");
  check_problem ("a ot:kim b", "(and :\"a\" :\"b\" :\"ot:kim\")", "ot:", "a to:kim b");
  check_problem ("sub:kim", ":\"sub:kim\"", "sub:", "subject:kim");
  check_problem ("befor:2024", ":\"befor:2024\"", "befor:", "before:2024");
  check ("befor:me", ":\"befor:me\"");
  check_problem ("is:unred a", ":\"a\"", "unred", "is:unread a");
  check_problem ("-is:stared", "all", "stared", "-is:starred");
  check_problem ("is:purple", "all", "purple", NULL);
  check_problem ("has:pdf", "all", "pdf", "type:pdf");
  check_problem ("has:atachment", "all", "atachment", "has:attachment");
  check_problem ("before:2024-13-01", "all", "2024-13-01", "before:2024-01-13");
  check_problem ("before:2024-03-15T10:00", "all", "2024-03-15T10:00", "before:2024-03-15");
  check_problem ("smaller:0", "all", "0", NULL);
  check_problem ("before:2024-02-30", "all", "2024-02-30", "before:2024-02-29");
  check_problem ("before:2024-13", "all", "2024-13", "before:2024-12");
  check_problem ("on:yesteday x", ":\"x\"", "yesteday", "on:yesterday x");
  check_problem ("on:\"lst week\"", "all", "\"lst week\"", "on:\"last week\"");
  check_problem ("on:\"3 dayz ago\"", "all", "\"3 dayz ago\"", "on:\"3 days ago\"");
  check_problem ("on:xyzzy", "all", "xyzzy", NULL);
  check_problem ("older_than:5", "all", "5", "older_than:5d");
  check_problem ("larger:10X", "all", "10X", "larger:10M");
  check_problem ("larger:many", "all", "many", NULL);
  check_problem ("from:", "all", "from:", "");
  check_problem ("a from: is:read", "(and :\"a\" is:read)", "from:", "a is:read");
  check_problem ("\"a b", ":\"a b\"", "\"a b", "\"a b\"");
  check_problem ("(a OR b", "(or :\"a\" :\"b\")", "(", "(a OR b)");
  check_problems ("((a", ":\"a\"", "((a))");
  check_problems ("from:(a (b \"c", "(and (and from:\"b\" from:\"c\") from:\"a\")",
                  "from:(a (b \"c\"))");
  check_problem ("a) b", "(and :\"a\" :\"b\")", ")", "a b");
  check_problem ("() a", ":\"a\"", "()", "a");
  check_problem ("a OR", ":\"a\"", "OR", "a");
  check_problem ("OR a", ":\"a\"", "OR", "a");
  check_problem ("a (OR b)", "(and :\"a\" :\"b\")", "OR", "a (b)");
  check_problem ("a NOT", ":\"a\"", "NOT", "a");
}

static void
test_limits (void)
{
  GString *typed = g_string_new (NULL);
  g_autofree char *much = NULL, *deep = NULL;
  g_autoptr (BaseQuery) query = NULL, long_one = NULL, deep_one = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append (typed, "ab ");
  much = g_string_free (typed, FALSE);
  query = parse (much);
  g_assert_cmpuint (base_query_get_problems (query)->len, ==, 1);
  g_assert_cmpuint (base_query_get_n_pieces (query), ==, BASE_QUERY_MAX_NODES);

  typed = g_string_new (NULL);
  for (guint i = 0; i < BASE_QUERY_MAX; i++)
    g_string_append (typed, "글");
  g_free (much);
  much = g_string_free (typed, FALSE);
  long_one = parse (much);
  g_assert_cmpuint (base_query_get_problems (long_one)->len, ==, 1);
  g_assert_cmpuint (base_query_get_root (long_one)->end, ==, BASE_QUERY_MAX / 3 * 3);

  typed = g_string_new ("x ");
  for (guint i = 0; i < 1000; i++)
    g_string_append (typed, "-(");
  deep = g_string_free (typed, FALSE);
  deep_one = parse (deep);
  g_assert_cmpint (base_query_get_root (deep_one)->kind, ==, BASE_QUERY_TERM);
  g_assert_cmpuint (base_query_get_problems (deep_one)->len, >, 0);
}

static void
check_piece (const char *typed, guint i, const char *piece, const char *without, const char *with)
{
  g_autoptr (BaseQuery) query = parse (typed);
  g_autofree char *text = base_query_dup_piece_text (query, i);
  g_autofree char *less = base_query_replace_piece (query, i, NULL);
  g_autofree char *other = base_query_replace_piece (query, i, "other");

  g_assert_cmpstr (text, ==, piece);
  g_assert_cmpstr (less, ==, without);
  g_assert_cmpstr (other, ==, with);
}

static void
test_pieces (void)
{
  g_autoptr (BaseQuery) none = parse (" OR ");

  check_piece ("from:kim  is:unread a OR b", 0, "from:kim", "is:unread a OR b",
               "other  is:unread a OR b");
  check_piece ("from:kim  is:unread a OR b", 1, "is:unread", "from:kim a OR b",
               "from:kim  other a OR b");
  check_piece ("from:kim  is:unread a OR b", 2, "a OR b", "from:kim  is:unread",
               "from:kim  is:unread other");
  check_piece ("a AND -b", 1, "-b", "a", "a AND other");
  check_piece ("a AND -b", 0, "a", "-b", "other AND -b");
  check_piece ("(a b)", 0, "(a b)", "", "other");
  check_piece ("on:last week from:(a b) \"c d\"", 1, "from:(a b)", "on:last week \"c d\"",
               "on:last week other \"c d\"");
  g_assert_cmpuint (base_query_get_n_pieces (none), ==, 0);
}

static void
check_written (char *written, const char *expected, const char *normal)
{
  g_assert_cmpstr (written, ==, expected);
  check (written, normal);
  g_free (written);
}

static void
test_write (void)
{
  check_written (base_query_write_term (BASE_QUERY_FROM, "kim@example.com"), "from:kim@example.com",
                 "from:\"kim@example.com\"");
  check_written (base_query_write_term (BASE_QUERY_FROM, "Kim Min"), "from:\"Kim Min\"",
                 "from=\"kim min\"");
  check_written (base_query_write_term (BASE_QUERY_ANYWHERE, "is:unread"), "\"is:unread\"",
                 "=\"is:unread\"");
  check_written (base_query_write_term (BASE_QUERY_ANYWHERE, "OR"), "\"OR\"", "=\"or\"");
  check_written (base_query_write_term (BASE_QUERY_ANYWHERE, "-x"), "\"-x\"", "=\"-x\"");
  check_written (base_query_write_term (BASE_QUERY_SUBJECT, "a “b” \\"),
                 "subject:\"a \\\"b\\\" \\\\\"", "subject=\"a \\\"b\\\" \\\\\"");
  check_written (base_query_write (BASE_QUERY_IN, "Old (2)"), "in:\"Old (2)\"", "in:\"old (2)\"");
  check_written (base_query_write (BASE_QUERY_ACCOUNT, "work"), "account:work", "account:\"work\"");
}

/* "|" is where the cursor stands. */
static BaseQueryCompletion *
complete (const char *typed, const char *place, const char *value)
{
  g_auto (GStrv) halves = g_strsplit (typed, "|", 2);
  g_autofree char *whole = g_strconcat (halves[0], halves[1], NULL);
  BaseQueryCompletion *completion = base_query_complete (whole, strlen (halves[0]), get_now ());
  g_autofree char *there =
      g_strndup (whole + completion->start, completion->end - completion->start);

  g_assert_cmpstr (there, ==, place);
  g_assert_cmpstr (completion->typed, ==, value);
  return completion;
}

static gboolean
offers (const BaseQueryCompletion *completion, const char *text)
{
  for (guint i = 0; i < completion->offers->len; i++) {
    const BaseQueryOffer *offer = completion->offers->pdata[i];

    g_assert_true (*offer->help != '\0');
    if (strcmp (offer->text, text) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
check_complete (const char *typed, const char *place, const char *value, const char *offer,
                const char *not_offered)
{
  g_autoptr (BaseQueryCompletion) completion = complete (typed, place, value);

  g_assert_true (offers (completion, offer));
  g_assert_false (offers (completion, not_offered));
}

static void
test_complete (void)
{
  g_autoptr (BaseQueryCompletion) people = complete ("a from:ki|", "from:ki", "ki");
  g_autoptr (BaseQueryCompletion) phrase = complete ("from:\"Kim M|", "from:\"Kim M", "Kim M");
  g_autoptr (BaseQueryCompletion) all = complete ("a |", "", "");

  check_complete ("fr|", "fr", "fr", "from:", "to:");
  check_complete ("a f|r b", "fr", "f", "from:", "to:");
  check_complete ("unr|", "unr", "unr", "is:unread", "is:read");
  check_complete ("yest|", "yest", "yest", "on:yesterday", "on:today");
  check_complete ("-at|", "at", "at", "has:attachment", "is:read");
  check_complete ("a is:|", "is:", "", "is:unread", "has:attachment");
  check_complete ("is:un|", "is:un", "un", "is:unread", "is:starred");
  check_complete ("(is:u|n)", "is:un", "u", "is:unread", "is:starred");
  check_complete ("before:|", "before:", "", "before:\"last week\"", "before:\"last %\"");
  check_complete ("before:last we|", "before:last we", "last we", "before:\"last week\"",
                  "before:\"last year\"");
  check_complete ("before:la|", "before:la", "la", "before:\"last year\"", "before:today");
  check_complete ("older_than:|", "older_than:", "", "older_than:\"a week\"", "older_than:today");
  check_complete ("larger:1|", "larger:1", "1", "larger:10MB", "larger:5MB");
  check_complete ("in:|", "in:", "", "in:sent", "in:");
  g_assert_true (people->value);
  g_assert_cmpint (people->kind, ==, BASE_QUERY_TERM);
  g_assert_cmpint (people->field, ==, BASE_QUERY_FROM);
  g_assert_cmpint (phrase->field, ==, BASE_QUERY_FROM);
  g_assert_false (all->value);
  g_assert_cmpuint (all->offers->len, ==, 20);
}

/* What the page of help shows means what it says, and nothing of it is misunderstood. */
static void
check_examples (const char *language)
{
  g_autoptr (GPtrArray) operators = base_query_list_operators ();
  g_autoptr (GPtrArray) forms = base_query_list_forms ();
  guint kinds[BASE_QUERY_SIZE + 1] = { 0 }, fields[BASE_QUERY_LIST + 1] = { 0 };

  for (guint i = 0; i < operators->len + forms->len; i++) {
    const BaseQueryOffer *offer =
        i < operators->len ? operators->pdata[i] : forms->pdata[i - operators->len];
    g_autoptr (BaseQuery) query = base_query_parse (offer->text, get_now ());
    const BaseQueryNode *root = base_query_get_root (query);

    g_test_message ("%s: %s (%s)", language, offer->text, offer->help);
    g_assert_cmpuint (base_query_get_problems (query)->len, ==, 0);
    g_assert_true (*offer->help != '\0');
    if (i >= operators->len) {
      g_assert_cmpint (root->kind, !=, BASE_QUERY_ALL);
      continue;
    }
    g_assert_cmpuint (base_query_get_n_pieces (query), ==, 1);
    kinds[root->kind]++;
    fields[root->field] += root->kind == BASE_QUERY_TERM;
  }
  g_assert_cmpuint (operators->len, ==, 20);
  g_assert_cmpuint (kinds[BASE_QUERY_DATE], ==, 5);
  g_assert_cmpuint (kinds[BASE_QUERY_SIZE], ==, 2);
  g_assert_cmpuint (kinds[BASE_QUERY_IN] + kinds[BASE_QUERY_IS] + kinds[BASE_QUERY_HAS]
                        + kinds[BASE_QUERY_ACCOUNT] + kinds[BASE_QUERY_LABEL],
                    ==, 5);
  for (guint i = BASE_QUERY_SUBJECT; i <= BASE_QUERY_LIST; i++)
    g_assert_cmpuint (fields[i], ==, 1);
}

static void
test_examples (void)
{
  check_examples ("English");
}

static void
test_korean (void)
{
  g_autoptr (BaseQueryCompletion) all = NULL;
  g_autoptr (BaseQueryCompletion) people = NULL;
  g_autofree char *written = NULL;

  test_speak ("ko");
  g_assert_cmpstr (_ ("Yesterday"), ==, "어제");
  check_examples ("Korean");
  check ("보낸사람:김민우 받는사람:이", "(and from:\"김민우\" to:\"이\")");
  check ("보낸 사람:김민우 보고서", "(and :\"보고서\" from:\"김민우\")");
  check ("보낸사람：“김 민우”", "from=\"김 민우\"");
  check ("제목:보고 본문:회의 참조:박 첨부:계약.hwp",
         "(and body:\"회의\" cc:\"박\" filename:\"계약.hwp\" subject:\"보고\")");
  check ("첨부:있음 있음:첨부 -has:attachment", "(and (not has:attachment) has:attachment)");
  check ("상태:안읽음 상태:읽지 않음 is:별표", "(and is:starred is:unread)");
  check ("폴더:받은 편지함 편지함:스팸 in:업무", "(and in:\"업무\" in:inbox in:junk)");
  check ("종류:그림 종류:hwp 크기:10메가",
         "(and size:10000001-18446744073709551615 type:\"hwp\" type:\"image\")");
  check ("라벨:급함 계정:회사 메일링리스트:개발",
         "(and account:\"회사\" label:\"급함\" list:\"개발\")");
  check ("김 또는 이 -박", "(and (not :\"박\") (or :\"김\" :\"이\"))");
  check ("from:kim 시각:10:30", "(and :\"시각:10:30\" from:\"kim\")");
  check_problem ("보낸사름:김", ":\"보낸사름:김\"", "보낸사름:", "보낸사람:김");
  check_problem ("상태:안일음", "all", "안일음", "상태:안읽음");
  check_problem ("is:unred", "all", "unred", "is:unread");
  check_problem ("날짜:지난중", "all", "지난중", "날짜:지난주");

  check_dates ("날짜:오늘", day (2026, 11, 26), day (2026, 11, 27));
  check_dates ("날짜:그저께", day (2026, 11, 24), day (2026, 11, 25));
  check_dates ("날짜:지난주", day (2026, 11, 15), day (2026, 11, 22));
  check_dates ("날짜:지난 주", day (2026, 11, 15), day (2026, 11, 22));
  check_dates ("날짜:이번 달", day (2026, 11, 1), day (2026, 12, 1));
  check_dates ("날짜:작년", day (2025, 1, 1), day (2026, 1, 1));
  check_dates ("이후:3일 전", day (2026, 11, 23), G_MAXINT64);
  check_dates ("이후:일주일 전", day (2026, 11, 19), G_MAXINT64);
  check_dates ("이전:2024년 3월", G_MININT64, day (2024, 3, 1));
  check_dates ("날짜:3월", day (2026, 3, 1), day (2026, 4, 1));
  check_dates ("날짜:3월 15일", day (2026, 3, 15), day (2026, 3, 16));
  check_dates ("날짜:12월", day (2025, 12, 1), day (2026, 1, 1));
  check_dates ("날짜:월요일", day (2026, 11, 23), day (2026, 11, 24));
  check_dates ("날짜:지난 목요일", day (2026, 11, 19), day (2026, 11, 20));
  check_dates ("날짜:지난주 월요일", day (2026, 11, 16), day (2026, 11, 17));
  check_dates ("날짜:최근 3일", day (2026, 11, 23), day (2026, 11, 27));
  check_dates ("최근:3일", get_now () - 3 * 86400, G_MAXINT64);
  check_dates ("오래된:2주일", G_MININT64, get_now () - 14 * 86400);
  check_dates ("on:last week", day (2026, 11, 15), day (2026, 11, 22));
  check ("after:지난주 회의", "(and :\"회의\" date:from\"지난주\")");

  check_complete ("보낸|", "보낸", "보낸", "보낸사람:", "from:");
  check_complete ("fr|", "fr", "fr", "from:", "보낸사람:");
  check_complete ("지난|", "지난", "지난", "날짜:지난주", "날짜:오늘");
  check_complete ("상태:안|", "상태:안", "안", "상태:안읽음", "상태:읽음");
  check_complete ("날짜:지|", "날짜:지", "지", "날짜:지난주", "날짜:오늘");
  check_complete ("날짜:이번 |", "날짜:이번 ", "이번 ", "날짜:\"이번 주\"", "날짜:오늘");
  people = complete ("보낸 사람:김|", "보낸 사람:김", "김");
  g_assert_cmpint (people->field, ==, BASE_QUERY_FROM);
  all = complete ("|", "", "");
  g_assert_cmpstr (((BaseQueryOffer *)all->offers->pdata[0])->text, ==, "보낸사람:");
  written = base_query_write_term (BASE_QUERY_FROM, "김 민우");
  g_assert_cmpstr (written, ==, "보낸사람:\"김 민우\"");
  test_speak (NULL);
  g_assert_cmpstr (_ ("Yesterday"), ==, "Yesterday");
}

/* Weeks begin where the locale has it; names of months and days, and the order of numbers, are its. */
static void
test_locale (void)
{
  locales_set (LC_TIME, "ko_KR.UTF-8");
  check_dates ("on:화요일", day (2026, 11, 24), day (2026, 11, 25));
  check_dates ("on:24.3.15", day (2024, 3, 15), day (2024, 3, 16));
  locales_set (LC_TIME, "C.UTF-8");
}

void
test_query_add (void)
{
  g_test_add_func ("/base/query/words", test_words);
  g_test_add_func ("/base/query/structure", test_structure);
  g_test_add_func ("/base/query/operators", test_operators);
  g_test_add_func ("/base/query/dates", test_dates);
  g_test_add_func ("/base/query/problems", test_problems);
  g_test_add_func ("/base/query/limits", test_limits);
  g_test_add_func ("/base/query/pieces", test_pieces);
  g_test_add_func ("/base/query/write", test_write);
  g_test_add_func ("/base/query/complete", test_complete);
  g_test_add_func ("/base/query/examples", test_examples);
  g_test_add_func ("/base/query/korean", test_korean);
  g_test_add_func ("/base/query/locale", test_locale);
}
