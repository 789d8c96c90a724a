/* The lexer: the same tokens however the bytes are cut, and limits that hold against a hostile server. */
#include "test-imap.h"

#include <string.h>

#include "base-error.h"

static void
dump_response (GString *out, ImapLexer *lexer)
{
  ImapToken token;
  while (imap_lexer_next (lexer, &token) != IMAP_TOKEN_END) {
    switch (token.type) {
    case IMAP_TOKEN_ATOM:
    case IMAP_TOKEN_STRING:
      g_string_append (out, token.type == IMAP_TOKEN_ATOM ? "<"
                            : token.bytes != NULL         ? "L<"
                                                          : "Q<");
      g_string_append_len (out, token.text, (gssize)token.length);
      g_string_append (out, ">");
      break;
    case IMAP_TOKEN_OPEN:
      g_string_append (out, "(");
      break;
    case IMAP_TOKEN_CLOSE:
      g_string_append (out, ")");
      break;
    case IMAP_TOKEN_LIMIT:
      g_string_append (out, "!\n");
      return;
    case IMAP_TOKEN_END:
      g_assert_not_reached ();
    }
  }
  g_string_append (out, ".\n");
}

/* Pushes a copy that is gone afterwards, so that reading behind its time is found. */
static gboolean
push (ImapLexer *lexer, GString *out, const char *data, gsize length, gboolean keep, GError **error)
{
  g_autofree char *copy = g_memdup2 (data, MAX (length, 1));
  gboolean complete, sane;

  imap_lexer_push (lexer, copy, length);
  if (keep) {
    imap_lexer_keep (lexer);
    memset (copy, 'x', length);
  }
  while ((sane = imap_lexer_advance (lexer, &complete, error)) && complete)
    dump_response (out, lexer);
  return sane;
}

static char *
dump_cut_at (const char *wire, gsize length, gsize first, gsize second, gboolean keep)
{
  g_autoptr (ImapLexer) lexer = imap_lexer_new (NULL);
  GString *out = g_string_new (NULL);
  g_assert_true (push (lexer, out, wire, first, keep, NULL));
  g_assert_true (push (lexer, out, wire + first, second - first, keep, NULL));
  g_assert_true (push (lexer, out, wire + second, length - second, keep, NULL));
  g_assert_false (imap_lexer_is_pending (lexer));
  return g_string_free (out, FALSE);
}

static char *
dump_bytewise (const char *wire, gsize length)
{
  g_autoptr (ImapLexer) lexer = imap_lexer_new (NULL);
  GString *out = g_string_new (NULL);
  for (gsize i = 0; i < length; i++)
    g_assert_true (push (lexer, out, wire + i, 1, FALSE, NULL));
  return g_string_free (out, FALSE);
}

static void
check_every_cut (const char *wire, const char *expected)
{
  gsize length = strlen (wire);
  for (gsize first = 0; first <= length; first++) {
    for (gsize second = first; second <= length; second++) {
      g_autofree char *got = dump_cut_at (wire, length, first, second, (first ^ second) & 1);
      if (strcmp (got, expected) != 0)
        g_error ("cut at %zu and %zu:\n%s\nis not\n%s", first, second, got, expected);
    }
  }
  g_autofree char *got = dump_bytewise (wire, length);
  g_assert_cmpstr (got, ==, expected);
}

static void
test_cuts (void)
{
  check_every_cut (
      "* OK hello {5}\r\n"
      "* 12 FETCH (UID 7 BODY[HEADER.FIELDS (FROM TO)]<0> {9}\r\nab\r\n)\"(c\n FLAGS (\\Seen a]b))\r\n"
      "* LIST () \"/\" {0}\r\n\r\n"
      "+ go {3}\r\n"
      "A1 OK done {7}\r\n",
      "<*><OK><hello><{5}>.\n"
      "<*><12><FETCH>(<UID><7><BODY[HEADER.FIELDS (FROM TO)]<0>>L<ab\r\n)\"(c\n><FLAGS>(<\\Seen><a]b>)).\n"
      "<*><LIST>()Q</>L<>.\n"
      "<+><go><{3}>.\n"
      "<A1><OK><done><{7}>.\n");
  check_every_cut (
      "* X \"a\\\"b\\\\c\" \"\" \"un\"escaped\" ~{3+}\r\n(a){1}\r\nx{0}\r\n \"open\r\n",
      "<*><X>Q<a\"b\\c>Q<>Q<un\"escaped>L<(a)>L<x>L<>Q<open>.\n");
}

static void
test_line_ends (void)
{
  const char *wire = "* A \t B \n\r\n* C \r\r\n";
  g_autofree char *got = dump_bytewise (wire, strlen (wire));
  g_assert_cmpstr (got, ==, "<*><A><B>.\n.\n<*><C>.\n");
}

static void
test_nul_bytes (void)
{
  static const char wire[] = "* X a\0b {3}\r\n\0\r\n \"q\0\"\r\n";
  ImapToken token;
  g_autoptr (ImapLexer) lexer = test_lexer_with (wire, sizeof wire - 1);

  imap_lexer_next (lexer, &token);
  imap_lexer_next (lexer, &token);
  g_assert_cmpint (imap_lexer_next (lexer, &token), ==, IMAP_TOKEN_ATOM);
  g_assert_cmpmem (token.text, token.length, "a\0b", 3);
  g_assert_cmpint (imap_lexer_next (lexer, &token), ==, IMAP_TOKEN_STRING);
  g_assert_cmpmem (token.text, token.length, "\0\r\n", 3);
  imap_lexer_next (lexer, &token);
  g_assert_cmpmem (token.text, token.length, "q\0", 2);
}

static void
assert_limit (const char *wire, const ImapLimits *limits)
{
  g_autoptr (ImapLexer) lexer = imap_lexer_new (limits);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_assert_false (push (lexer, out, wire, strlen (wire), FALSE, &error));
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
}

static void
test_huge_literal (void)
{
  assert_limit ("* 1 FETCH (BODY[] {4294967296}\r\n", NULL);
  assert_limit ("* 1 FETCH (BODY[] {18446744073709551617}\r\n", NULL);
  assert_limit ("* 1 FETCH (BODY[] {99999999999999999999999999999999}\r\n", NULL);
  assert_limit ("* 1 FETCH (BODY[] {536870913}\r\n", NULL);
}

static void
test_many_literals (void)
{
  ImapLimits limits = imap_limits_default;
  limits.n_literals = 3;
  assert_limit ("* X {1}\r\na{1}\r\nb{1}\r\nc{1}\r\nd\r\n", &limits);
  limits = imap_limits_default;
  limits.literals = 7;
  assert_limit ("* X {4}\r\nabcd{4}\r\n", &limits);
}

/* Announced is not sent: 512 MiB may be promised without taking memory for it. */
static void
test_promised_literal (void)
{
  g_autoptr (ImapLexer) lexer = imap_lexer_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  const char *wire = "* X {536870912}\r\nabc";
  g_assert_true (push (lexer, out, wire, strlen (wire), FALSE, NULL));
  g_assert_cmpstr (out->str, ==, "");
}

/* How many KiB are taken behind `head`. */
static guint
count_taken (const char *head)
{
  g_autoptr (ImapLexer) lexer = imap_lexer_new (NULL);
  g_autofree char *piece = g_strnfill (1024, 'a');
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  guint pieces = 0;

  g_assert_true (push (lexer, out, head, strlen (head), FALSE, NULL));
  while (pieces < 100 * 1024 && push (lexer, out, piece, 1024, FALSE, &error))
    pieces++;
  g_assert_error (error, BASE_ERROR, BASE_ERROR_LIMIT);
  return pieces;
}

/* Data may be long, a search that finds two million messages say; words may not. */
static void
test_endless_line (void)
{
  g_assert_cmpuint (count_taken ("* SEARCH "), ==, 16 * 1024 - 1);
  g_assert_cmpuint (count_taken ("* OK "), ==, 63);
  g_assert_cmpuint (count_taken ("* CAPABILITY "), ==, 63);
  g_assert_cmpuint (count_taken ("A1 OK "), ==, 63);
  g_assert_cmpuint (count_taken ("+ "), ==, 63);
  g_assert_cmpuint (count_taken (""), ==, 64);
}

static void
test_nesting (void)
{
  g_autofree char *open = g_strnfill (100000, '(');
  g_autofree char *wire = g_strconcat ("* X ", open, "\r\n", NULL);
  g_autofree char *got = dump_cut_at (wire, strlen (wire), 0, 0, FALSE);
  g_assert_true (g_str_has_suffix (got, "((((!\n"));
  g_assert_cmpuint (strlen (got), <, 100);

  g_autoptr (ImapLexer) lexer = test_lexer_with (wire, -1);
  ImapToken token;
  imap_lexer_next (lexer, &token);
  imap_lexer_next (lexer, &token);
  imap_lexer_next (lexer, &token);
  g_assert_false (imap_lexer_skip (lexer, &token));
  g_assert_cmpint (imap_lexer_next (lexer, &token), ==, IMAP_TOKEN_LIMIT);
}

static void
test_skip_and_rest (void)
{
  ImapToken token;
  g_autoptr (ImapLexer) lexer = test_lexer_with ("* (a (b \")\" {2}\r\n)() c) d  the rest\r\n", -1);
  imap_lexer_next (lexer, &token);
  imap_lexer_next (lexer, &token);
  g_assert_true (imap_lexer_skip (lexer, &token));
  imap_lexer_next (lexer, &token);
  g_assert_true (imap_token_is (&token, "D"));
  g_assert_cmpstr (imap_lexer_rest (lexer), ==, "the rest");
  g_assert_cmpint (imap_lexer_next (lexer, &token), ==, IMAP_TOKEN_END);

  g_autoptr (ImapLexer) literal = test_lexer_with ("* X {2}\r\nab\r\n", -1);
  imap_lexer_next (literal, &token);
  imap_lexer_next (literal, &token);
  g_assert_null (imap_lexer_rest (literal));
}

static void
fill_pattern (guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    data[i] = (guint8)(i * 31 + (i >> 8));
}

/* A literal over the limit of memory comes out the same, and outlives lexer and next response. */
static void
test_spooled_literal (void)
{
  const gsize size = (1 << 20) + 12345;
  g_autofree guint8 *data = g_malloc (size);
  g_autoptr (GBytes) kept = NULL;
  fill_pattern (data, size);
  {
    g_autoptr (ImapLexer) lexer = imap_lexer_new (NULL);
    g_autofree char *head = g_strdup_printf ("* 1 FETCH (BODY[] {%zu}\r\n", size);
    gboolean complete;
    ImapToken token;
    imap_lexer_push (lexer, head, strlen (head));
    g_assert_true (imap_lexer_advance (lexer, &complete, NULL));
    for (gsize at = 0; at < size; at += 16384) {
      imap_lexer_push (lexer, data + at, MIN (16384, size - at));
      g_assert_true (imap_lexer_advance (lexer, &complete, NULL));
      g_assert_false (complete);
    }
    imap_lexer_push (lexer, ")\r\n", 3);
    g_assert_true (imap_lexer_advance (lexer, &complete, NULL));
    g_assert_true (complete);
    while (imap_lexer_next (lexer, &token) != IMAP_TOKEN_STRING)
      g_assert_cmpint (token.type, !=, IMAP_TOKEN_END);
    kept = g_bytes_ref (token.bytes);
  }
  g_assert_cmpmem (g_bytes_get_data (kept, NULL), g_bytes_get_size (kept), data, size);
}

/* Many small literals in one response may not take more memory than one large one. */
static void
test_memory_total (void)
{
  ImapLimits limits = imap_limits_default;
  limits.memory = 8;
  limits.memory_total = 10;
  g_autoptr (ImapLexer) lexer = imap_lexer_new (&limits);
  g_autoptr (GString) out = g_string_new (NULL);
  const char *wire = "* X {8}\r\n12345678{8}\r\nabcdefgh{9}\r\nABCDEFGHI{2}\r\nxy\r\n";
  g_assert_true (push (lexer, out, wire, strlen (wire), FALSE, NULL));
  g_assert_cmpstr (out->str, ==, "<*><X>L<12345678>L<abcdefgh>L<ABCDEFGHI>L<xy>.\n");
}

static guint64
number (const char *text, guint64 max)
{
  ImapToken token = { .type = IMAP_TOKEN_ATOM, .text = text, .length = strlen (text) };
  return imap_token_number (&token, max);
}

static void
test_numbers (void)
{
  g_assert_cmpuint (number ("4294967295", G_MAXUINT32), ==, G_MAXUINT32);
  g_assert_cmpuint (number ("4294967296", G_MAXUINT32), ==, 0);
  g_assert_cmpuint (number ("9.3736e+06", G_MAXUINT32), ==, 9373600);
  g_assert_cmpuint (number ("-1", G_MAXUINT32), ==, 0);
  g_assert_cmpuint (number ("12x", G_MAXUINT32), ==, 0);
  g_assert_cmpuint (number ("1e300", G_MAXUINT64), ==, 0);
  g_assert_cmpuint (number ("", G_MAXUINT32), ==, 0);
  g_assert_cmpuint (number ("inf", G_MAXUINT32), ==, 0);
}

/* Garbage of every kind must neither loop nor crash. */
static void
test_garbage (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260701);
  static const char alphabet[] = "* ()[]\"\\{}0123+~\r\nBODY[]FETCH \xff";
  for (guint round = 0; round < 2000; round++) {
    ImapLimits limits = imap_limits_default;
    char wire[200];
    limits.literals = 500;
    for (gsize i = 0; i < sizeof wire; i++)
      wire[i] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet)];
    g_autoptr (ImapLexer) lexer = imap_lexer_new (&limits);
    g_autoptr (GString) out = g_string_new (NULL);
    g_autoptr (GError) error = NULL;
    gsize cut = (gsize)g_rand_int_range (rand, 0, sizeof wire);
    if (push (lexer, out, wire, cut, TRUE, &error))
      push (lexer, out, wire + cut, sizeof wire - cut, FALSE, &error);
  }
}

ImapLexer *
test_lexer_with (const char *wire, gssize length)
{
  ImapLexer *lexer = imap_lexer_new (NULL);
  gboolean complete;
  imap_lexer_push (lexer, wire, length < 0 ? strlen (wire) : (gsize)length);
  g_assert_true (imap_lexer_advance (lexer, &complete, NULL));
  g_assert_true (complete);
  return lexer;
}

void
test_lexer_add (void)
{
  g_test_add_func ("/imap/lexer/cuts", test_cuts);
  g_test_add_func ("/imap/lexer/line-ends", test_line_ends);
  g_test_add_func ("/imap/lexer/nul-bytes", test_nul_bytes);
  g_test_add_func ("/imap/lexer/huge-literal", test_huge_literal);
  g_test_add_func ("/imap/lexer/many-literals", test_many_literals);
  g_test_add_func ("/imap/lexer/promised-literal", test_promised_literal);
  g_test_add_func ("/imap/lexer/endless-line", test_endless_line);
  g_test_add_func ("/imap/lexer/nesting", test_nesting);
  g_test_add_func ("/imap/lexer/skip-and-rest", test_skip_and_rest);
  g_test_add_func ("/imap/lexer/spooled-literal", test_spooled_literal);
  g_test_add_func ("/imap/lexer/memory-total", test_memory_total);
  g_test_add_func ("/imap/lexer/numbers", test_numbers);
  g_test_add_func ("/imap/lexer/garbage", test_garbage);
}
