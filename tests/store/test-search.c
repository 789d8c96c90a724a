/* Searching, held against a linear scan: texts of many languages made at random, pieces of them looked for, and all that the scan finds must be found, in its order, and
 * nothing else. */
#include "test-store.h"

#include "base-find.h"
#include "base-fold.h"
#include "store-index.h"
#include "store-search.h"

/* Of each as many as a whole run of all tests has time for; with "-m slow", as many as it takes to believe it. */
#define N_MESSAGES (g_test_slow () ? 2000 : 500)
#define N_QUERIES  (g_test_slow () ? 2500 : 150)
#define NOW        1700000000

/* ---- texts ---- */

/* Letters that words are made of; a range, or all of a string. */
typedef struct
{
  const char *letters; /* NULL: */
  gunichar first, last;
  guint shortest, longest;
  gboolean spaced;
} Script;

static const Script scripts[] = {
  { "etaoinshrdlu", 0, 0, 2, 9, TRUE },
  { "eÄäÖöÜüßrnstADEI", 0, 0, 3, 12, TRUE },
  { "aăâđeêioôơuưnhcgtạếộữừấẹ", 0, 0, 1, 6, TRUE },
  { NULL, 0xac00, 0xac40, 1, 5, TRUE },  /* Hangul */
  { NULL, 0x3042, 0x3093, 2, 9, FALSE }, /* Hiragana */
  { "アイウエオｱｲｳｶﾞﾊﾟー漢字日本語", 0, 0, 2, 9, FALSE },
  { NULL, 0x4e00, 0x4e40, 1, 8, FALSE }, /* Han */
  { "กขคงจฉชซญดตถทนบปผพมยรลวสหอะาิีึืุูเแโไ่้๊็", 0, 0, 2, 12, FALSE },
  { "ابتثجحخدذرزسشصضطعغفقكلمنهويىةأإآًٌٍَُِّْ", 0, 0, 2, 8, TRUE },
  { "αβγδεζηάέήςσ", 0, 0, 2, 8, TRUE },
  { "абвгдеёжзиАБВ", 0, 0, 2, 8, TRUE },
  { "😀😁🎉👍🏽❤️", 0, 0, 1, 2, TRUE },
  { "ABC-123_4.@/", 0, 0, 3, 10, TRUE },
  { "ＡＢＣ１２３ａｂ", 0, 0, 2, 6, TRUE },
};

static void
add_letter (GString *text, const Script *script)
{
  glong n;

  if (script->letters == NULL) {
    g_string_append_unichar (
        text, (gunichar)g_test_rand_int_range ((gint32)script->first, (gint32)script->last));
    return;
  }
  n = g_utf8_strlen (script->letters, -1);
  g_string_append_unichar (text, g_utf8_get_char (g_utf8_offset_to_pointer (
                                     script->letters, g_test_rand_int_range (0, (gint32)n))));
}

static char *
make_text (guint words, gboolean mixed)
{
  GString *text = g_string_new (NULL);
  const Script *script = &scripts[g_test_rand_int_range (0, G_N_ELEMENTS (scripts))];

  for (guint i = 0; i < words; i++) {
    guint n;

    if (mixed && g_test_rand_int_range (0, 4) == 0)
      script = &scripts[g_test_rand_int_range (0, G_N_ELEMENTS (scripts))];
    n = (guint)g_test_rand_int_range ((gint32)script->shortest, (gint32)script->longest + 1);
    for (guint j = 0; j < n; j++)
      add_letter (text, script);
    if (script->spaced || g_test_rand_int_range (0, 5) == 0)
      g_string_append (text, g_test_rand_int_range (0, 12) == 0   ? ".\n"
                             : g_test_rand_int_range (0, 20) == 0 ? ", "
                                                                  : " ");
  }
  g_strchomp (text->str);
  /* As some programs write it: every tenth, decomposed */
  if (g_test_rand_int_range (0, 10) == 0) {
    char *apart = g_utf8_normalize (text->str, -1, G_NORMALIZE_NFD);

    g_string_free (text, TRUE);
    return apart;
  }
  return g_string_free (text, FALSE);
}

/* ---- a mailbox, and the same as the scan has it ---- */

#define N_TEXTS 7

typedef struct
{
  gint64 id, received;
  StoreFlags flags;
  StoreIndexText texts[N_TEXTS];
  char *folded[N_TEXTS];
  gsize folded_length[N_TEXTS];
} Scanned;

typedef struct
{
  Profile *profile;
  StoreIndex *index;
  Scanned *all;
  guint n;
} Mailbox;

static void
add_row (Mailbox *box, guint i)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (GArray) fresh = g_array_new (FALSE, FALSE, sizeof (StoreKey));
  Scanned *one = &box->all[i];
  g_autofree char *message_id = g_strdup_printf ("<%u@example.org>", i);
  StoreNewMessage message = { .uid = i + 1,
                              .flags = one->flags,
                              .received = one->received,
                              .date = one->received,
                              .size = 1000 + i,
                              .from_name = one->texts[1].text,
                              .from_address = "someone@example.org",
                              .subject = one->texts[0].text,
                              .message_id = message_id,
                              .preview = "" };

  g_ptr_array_add (messages, &message);
  g_assert_true (
      store_message_add (box->profile->db, box->profile->inbox, messages, fresh, &error));
  g_assert_no_error (error);
  one->id = STORE_KEY_ID (g_array_index (fresh, StoreKey, 0));
}

static void
make_message (Mailbox *box, guint i)
{
  static const BaseSection sections[N_TEXTS] = { BASE_SECTION_SUBJECT, BASE_SECTION_FROM,
                                                 BASE_SECTION_TO,      BASE_SECTION_FILES,
                                                 BASE_SECTION_BODY,    BASE_SECTION_QUOTED,
                                                 BASE_SECTION_ATTACHED };
  static const guint words[N_TEXTS] = { 6, 2, 4, 2, 60, 30, 10 };
  Scanned *one = &box->all[i];

  /* Some thousands in one second, as a server has them that was filled in one go; the rest over a year. */
  one->received = i % 5 == 0 ? NOW - 5000000 : NOW - g_test_rand_int_range (0, 30000000);
  one->flags = g_test_rand_int_range (0, 2) ? STORE_FLAG_SEEN : 0;
  for (guint j = 0; j < N_TEXTS; j++) {
    char *text = make_text (words[j], j > 1);

    one->texts[j] = (StoreIndexText){ sections[j], text, strlen (text) };
    one->folded[j] = base_fold (text, -1, &one->folded_length[j]);
  }
  add_row (box, i);
}

static void
index_messages (Mailbox *box, guint first, guint n, const StoreIndexMark *mark)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) docs = g_array_new (FALSE, FALSE, sizeof (StoreIndexDoc));
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)store_message_free);

  for (guint i = first; i < first + n; i++) {
    StoreMessage *row = store_message_get (box->profile->db, box->all[i].id, &error);
    StoreIndexDoc doc = { row->id, row, STORE_INDEX_WHOLE, box->all[i].texts, N_TEXTS };

    g_ptr_array_add (rows, row);
    g_array_append_val (docs, doc);
  }
  g_assert_true (store_index_add (box->index, (const StoreIndexDoc *)(gpointer)docs->data,
                                  docs->len, mark, &error));
  g_assert_no_error (error);
}

static const StoreIndexMark all_done = { G_MAXINT32, -1, -1 };

static Mailbox *
mailbox_new (guint n)
{
  g_autoptr (GError) error = NULL;
  Mailbox *box = g_new0 (Mailbox, 1);

  box->profile = profile_new ();
  box->all = g_new0 (Scanned, n);
  box->n = n;
  g_assert_true (store_db_begin (box->profile->db, FALSE, &error));
  for (guint i = 0; i < n; i++)
    make_message (box, i);
  g_assert_true (store_db_commit (box->profile->db, &error));
  box->index = store_index_open (box->profile->db, NULL, &error);
  g_assert_no_error (error);
  return box;
}

static void
mailbox_free (Mailbox *box)
{
  for (guint i = 0; i < box->n; i++) {
    for (guint j = 0; j < N_TEXTS; j++) {
      g_free ((char *)box->all[i].texts[j].text);
      g_free (box->all[i].folded[j]);
    }
  }
  store_index_free (box->index);
  profile_free (box->profile);
  g_free (box->all);
  g_free (box);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Mailbox, mailbox_free)

/* ---- queries ---- */

/* Between two characters of a text. */
static char *
cut_piece (const char *text, guint longest)
{
  glong n = g_utf8_strlen (text, -1);
  glong from = g_test_rand_int_range (0, (gint32)n);
  glong length = g_test_rand_int_range (1, (gint32)longest + 1);
  const char *begin = g_utf8_offset_to_pointer (text, from);

  return g_strndup (begin,
                    (gsize)(g_utf8_offset_to_pointer (begin, MIN (length, n - from)) - begin));
}

static gboolean
is_in (const Scanned *one, const BaseFind *find, const BaseFind *initials, guint sections)
{
  for (guint j = 0; j < N_TEXTS; j++) {
    const BaseFind *with =
        initials != NULL && one->texts[j].section <= BASE_SECTION_CC ? initials : find;

    if ((sections & BASE_SECTION_BIT (one->texts[j].section)) != 0
        && base_find_look (with, one->folded[j], one->folded_length[j], 0, NULL, NULL))
      return TRUE;
  }
  return FALSE;
}

static guint
sections_of (BaseQueryField field)
{
  switch ((int)field) {
  case BASE_QUERY_SUBJECT:
    return BASE_SECTION_BIT (BASE_SECTION_SUBJECT);
  case BASE_QUERY_FROM:
    return BASE_SECTION_BIT (BASE_SECTION_FROM);
  case BASE_QUERY_BODY:
    return BASE_SECTION_BIT (BASE_SECTION_BODY) | BASE_SECTION_BIT (BASE_SECTION_QUOTED)
           | BASE_SECTION_BIT (BASE_SECTION_ATTACHED);
  default:
    return G_MAXUINT;
  }
}

/* Of a query, made once: node -> BaseFind. */
typedef struct
{
  GHashTable *finds, *initials;
} Finds;

static void
find_free (gpointer find)
{
  base_find_free (find);
}

static void
gather_finds (const BaseQueryNode *node, Finds *finds)
{
  if (node->kind == BASE_QUERY_TERM)
    g_hash_table_insert (
        finds->finds, (gpointer)node,
        base_find_new (node->text, node->exact ? BASE_FIND_WHOLE : BASE_FIND_NONE));
  if (node->kind == BASE_QUERY_TERM && !node->exact)
    g_hash_table_insert (finds->initials, (gpointer)node,
                         base_find_new (node->text, BASE_FIND_INITIALS));
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    gather_finds (node->children->pdata[i], finds);
}

/* What the scan says of a query, by itself. */
static gboolean
scan (const BaseQueryNode *node, const Finds *finds, const Scanned *one)
{
  gboolean is_or = node->kind == BASE_QUERY_OR;

  switch ((int)node->kind) {
  case BASE_QUERY_ALL:
    return TRUE;
  case BASE_QUERY_IS:
    return (one->flags & STORE_FLAG_SEEN) == 0;
  case BASE_QUERY_NOT:
    return !scan (node->children->pdata[0], finds, one);
  case BASE_QUERY_AND:
  case BASE_QUERY_OR:
    for (guint i = 0; i < node->children->len; i++) {
      if (scan (node->children->pdata[i], finds, one) == is_or)
        return is_or;
    }
    return !is_or;
  case BASE_QUERY_TERM:
    return is_in (one, g_hash_table_lookup (finds->finds, node),
                  g_hash_table_lookup (finds->initials, node), sections_of (node->field));
  default:
    g_assert_not_reached ();
  }
}

static int
compare_scanned (gconstpointer a, gconstpointer b)
{
  const Scanned *one = *(const Scanned *const *)a, *two = *(const Scanned *const *)b;

  if (one->received != two->received)
    return one->received > two->received ? -1 : 1;
  return one->id > two->id ? -1 : 1;
}

static guint
check_query (Mailbox *box, const char *typed, guint page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);
  const StoreSearchScope scope = { 0 };
  g_autoptr (StoreSearch) search = store_search_new (box->profile->db, query, &scope, &error);
  g_autoptr (GPtrArray) expected = g_ptr_array_new ();
  Finds finds = { g_hash_table_new_full (NULL, NULL, NULL, find_free),
                  g_hash_table_new_full (NULL, NULL, NULL, find_free) };
  guint at = 0;

  g_assert_no_error (error);
  gather_finds (base_query_get_root (query), &finds);
  for (guint i = 0; i < box->n; i++) {
    if (scan (base_query_get_root (query), &finds, &box->all[i]))
      g_ptr_array_add (expected, &box->all[i]);
  }
  g_hash_table_unref (finds.finds);
  g_hash_table_unref (finds.initials);
  g_ptr_array_sort (expected, compare_scanned);
  for (;;) {
    g_autoptr (GArray) hits = store_search_next (search, page, NULL, &error);

    g_assert_no_error (error);
    for (guint i = 0; i < hits->len; i++, at++) {
      const StoreHit *hit = &g_array_index (hits, StoreHit, i);

      if (at >= expected->len || hit->message != ((Scanned *)expected->pdata[at])->id)
        g_error ("“%s”: hit %u is %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, typed, at,
                 hit->message,
                 at < expected->len ? ((Scanned *)expected->pdata[at])->id : (gint64)0);
    }
    if (hits->len == 0)
      break;
  }
  if (at != expected->len)
    g_error ("“%s”: %u of %u found", typed, at, expected->len);
  return at;
}

static char *
make_query (Mailbox *box)
{
  const Scanned *one = &box->all[g_test_rand_int_range (0, (gint32)box->n)];
  static const char *const fields[] = { "", "", "", "", "subject:", "from:", "body:" };
  static const guint texts[] = { 4, 5, 6, 4, 0, 1, 4 };
  guint which = (guint)g_test_rand_int_range (0, G_N_ELEMENTS (fields));
  g_autofree char *piece = cut_piece (one->texts[texts[which]].text, 8);
  g_autofree char *other = cut_piece (one->texts[4].text, 4);
  g_autofree char *third = cut_piece (box->all[0].texts[4].text, 3);

  g_strdelimit (piece, "\n", ' ');
  switch (g_test_rand_int_range (0, 8)) {
  case 0:
    return g_strdup_printf ("%s\"%s\"", fields[which], g_strdelimit (piece, "\"\\", ' '));
  case 1:
    return g_strdup_printf ("%s%s %s", fields[which], piece, other);
  case 2:
    return g_strdup_printf ("%s OR %s", other, third);
  case 3:
    return g_strdup_printf ("%s -%s", other, third);
  case 4:
    return g_strdup_printf ("%s is:unread", other);
  default:
    return g_strdup_printf ("%s%s", fields[which], piece);
  }
}

/* Only what this test's scan knows. */
static gboolean
is_plain (const BaseQueryNode *node)
{
  if (node->kind > BASE_QUERY_IS
      || (node->kind == BASE_QUERY_IS && node->state != BASE_QUERY_UNREAD)
      || (node->kind == BASE_QUERY_TERM && node->field != BASE_QUERY_ANYWHERE
          && node->field != BASE_QUERY_SUBJECT && node->field != BASE_QUERY_FROM
          && node->field != BASE_QUERY_BODY))
    return FALSE;
  for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
    if (!is_plain (node->children->pdata[i]))
      return FALSE;
  }
  return TRUE;
}

static guint
check_some (Mailbox *box, guint n)
{
  guint found = 0;

  for (guint i = 0; i < n; i++) {
    g_autofree char *typed = make_query (box);
    g_autoptr (BaseQuery) query = base_query_parse (typed, NOW);

    if (is_plain (base_query_get_root (query)))
      found += check_query (box, typed, i % 3 == 0 ? 7 : 1000);
  }
  return found;
}

static void
test_scan (void)
{
  guint n_messages = N_MESSAGES, n_queries = N_QUERIES, found;
  g_autoptr (Mailbox) box = mailbox_new (n_messages);

  /* In some batches, and one of them again */
  for (guint i = 0; i < n_messages; i += 500)
    index_messages (box, i, 500, &all_done);
  index_messages (box, 100, 300, &all_done);
  found = check_some (box, n_queries);
  g_test_message ("%u hits", found);
  g_assert_cmpuint (found, >, n_queries);
}

void
add_search_tests (void)
{
  g_test_add_func ("/store/search/scan", test_scan);
}
