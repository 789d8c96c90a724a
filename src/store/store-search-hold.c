/* A query held against single messages: their rows as they are now, and their texts as the index keeps them.  One thread; writes nothing. */
#include <string.h>

#include "base-error.h"
#include "base-fold.h"
#include "base-pairs.h"
#include "store-search-private.h"

#define BIT(name) BASE_SECTION_BIT (BASE_SECTION_##name)

/* ---- compiling ---- */

static const guint sections_of_field[] = {
  [BASE_QUERY_ANYWHERE] = BIT (SUBJECT) | BIT (FROM) | BIT (TO) | BIT (CC) | BIT (FILES)
                          | BIT (LIST) | BIT (BODY) | BIT (QUOTED) | BIT (ATTACHED),
  [BASE_QUERY_SUBJECT] = BIT (SUBJECT),
  [BASE_QUERY_FROM] = BIT (FROM),
  [BASE_QUERY_TO] = BIT (TO) | BIT (CC),
  [BASE_QUERY_CC] = BIT (CC),
  [BASE_QUERY_BODY] = BIT (BODY) | BIT (QUOTED) | BIT (ATTACHED),
  [BASE_QUERY_FILENAME] = BIT (FILES),
  [BASE_QUERY_TYPE] = BIT (TYPES),
  [BASE_QUERY_LIST] = BIT (LIST) | BIT (TO) | BIT (CC),
};

void
store_search_node_free (SearchNode *node)
{
  if (node == NULL)
    return;
  g_clear_pointer (&node->children, g_ptr_array_unref);
  g_clear_pointer (&node->find, base_find_free);
  g_clear_pointer (&node->initials, base_find_free);
  g_clear_pointer (&node->pairs, g_array_unref);
  g_clear_pointer (&node->ids, g_hash_table_unref);
  g_free (node->label);
  g_free (node);
}

static void
node_free (gpointer node)
{
  store_search_node_free (node);
}

static SearchNode *
node_new (BaseQueryKind kind)
{
  SearchNode *node = g_new0 (SearchNode, 1);

  node->kind = kind;
  return node;
}

/* NULL: it has none. */
static GArray *
list_pairs (const BaseFind *find)
{
  g_autoptr (GArray) sums = g_array_new (FALSE, FALSE, sizeof (guint32));
  GArray *pairs = NULL;
  gsize length;
  const char *folded = base_find_get_folded (find, &length);

  base_pairs_of_term (folded, length, base_find_is_whole (find), sums);
  if (sums->len > 0)
    pairs = g_array_new (FALSE, FALSE, sizeof (SearchPair));
  for (guint i = 0; i < sums->len; i++) {
    const SearchPair pair = { .sum = g_array_index (sums, guint32, i) };

    g_array_append_val (pairs, pair);
  }
  return pairs;
}

static SearchNode *
term_new (const char *text, BaseFindFlags flags, guint sections)
{
  SearchNode *node = node_new (BASE_QUERY_TERM);

  node->find = base_find_new (text, flags);
  node->sections = sections;
  if (!(flags & BASE_FIND_WHOLE))
    node->initials = base_find_new (text, BASE_FIND_INITIALS);
  node->pairs = list_pairs (node->find);
  return node;
}

/* What kinds of files are called, and what says that one is such: the section has "application/pdf .pdf". */
static SearchNode *
compile_type (const char *text)
{
  static const struct
  {
    const char *name, *marks;
  } kinds[] = {
    { "pdf", "application/pdf .pdf" },
    { "image", "image/" },
    { "video", "video/" },
    { "audio", "audio/" },
    { "text", "text/" },
    { "message", "message/rfc822 .eml .msg" },
    { "document", ".doc .docx .odt .rtf .hwp .hwpx .pages application/msword" },
    { "spreadsheet", ".xls .xlsx .xlsm .ods .csv .numbers application/vnd.ms-excel" },
    { "presentation", ".ppt .pptx .odp .key .show application/vnd.ms-powerpoint" },
    { "archive", ".zip .7z .rar .tar .gz .tgz .bz2 .xz .zst .alz .egg application/zip" },
    { "calendar", "text/calendar .ics" },
    { "contact", "text/vcard text/x-vcard .vcf" },
  };
  SearchNode *node = node_new (BASE_QUERY_OR);
  g_autofree char *end =
      g_strconcat (strchr (text, '/') != NULL || text[0] == '.' ? "" : ".", text, NULL);
  const char *marks = end;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_ascii_strcasecmp (text, kinds[i].name) == 0)
      marks = kinds[i].marks;
  }
  node->children = g_ptr_array_new_with_free_func (node_free);
  g_auto (GStrv) each = g_strsplit (marks, " ", -1);
  for (guint i = 0; each[i] != NULL; i++)
    g_ptr_array_add (node->children,
                     term_new (each[i],
                               g_str_has_suffix (each[i], "/") ? BASE_FIND_NONE : BASE_FIND_WHOLE,
                               BIT (TYPES)));
  return node;
}

static GHashTable *
ids_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
add_id (GHashTable *ids, gint64 id)
{
  g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
}

gboolean
store_search_is_in (StoreRole role, BaseQueryPlace place)
{
  switch (place) {
  case BASE_QUERY_NO_PLACE:
    return FALSE;
  case BASE_QUERY_ANYPLACE:
    return TRUE;
  case BASE_QUERY_INBOX:
    return role == STORE_ROLE_INBOX;
  case BASE_QUERY_SENT:
    return role == STORE_ROLE_SENT;
  case BASE_QUERY_DRAFTS:
    return role == STORE_ROLE_DRAFTS;
  case BASE_QUERY_ARCHIVE:
    return role == STORE_ROLE_ARCHIVE || role == STORE_ROLE_ALL;
  case BASE_QUERY_JUNK:
    return role == STORE_ROLE_JUNK;
  case BASE_QUERY_TRASH:
    return role == STORE_ROLE_TRASH;
  }
  return FALSE;
}

/* Folders of this name, or else, while somebody types it, those whose names have it. */
static SearchNode *
compile_in (StoreSearch *self, const BaseQueryNode *from)
{
  SearchNode *node = node_new (BASE_QUERY_IN);
  g_autofree char *name = base_fold (from->text, -1, NULL);
  GHashTableIter iter;
  gpointer value;

  node->ids = ids_new ();
  for (guint round = 0; round < 2 && g_hash_table_size (node->ids) == 0; round++) {
    g_hash_table_iter_init (&iter, self->folders);
    while (g_hash_table_iter_next (&iter, NULL, &value)) {
      const SearchFolder *folder = value;
      gboolean is_named =
          from->place != BASE_QUERY_NO_PLACE ? store_search_is_in (folder->role, from->place)
          : round == 0 ? strcmp (folder->name, name) == 0 || strcmp (folder->leaf, name) == 0
                       : name[0] != '\0' && strstr (folder->name, name) != NULL;

      if (is_named)
        add_id (node->ids, folder->id);
    }
  }
  return node;
}

static gboolean
has_line (const char *lines, const char *folded)
{
  g_auto (GStrv) all = g_strsplit (lines, "\n", -1);

  for (guint i = 0; all[i] != NULL; i++) {
    g_autofree char *line = base_fold (all[i], -1, NULL);

    if (line[0] != '\0' && strcmp (line, folded) == 0)
      return TRUE;
  }
  return FALSE;
}

GHashTable *
store_search_find_accounts (const char *text, const StoreSearchAccount *accounts, gsize n)
{
  g_autoptr (BaseFind) find = base_find_new (text, BASE_FIND_NONE);
  g_autofree char *name = base_fold (text, -1, NULL);
  GHashTable *ids = ids_new ();

  for (guint round = 0; round < 2 && g_hash_table_size (ids) == 0; round++)
    for (gsize i = 0; i < n; i++) {
      gsize length;
      g_autofree char *words = base_fold (accounts[i].words, -1, &length);

      if (round == 0 ? has_line (accounts[i].words, name)
                     : base_find_look (find, words, length, 0, NULL, NULL))
        add_id (ids, accounts[i].account);
    }
  return ids;
}

static SearchNode *
compile_account (const BaseQueryNode *from, const StoreSearchScope *scope)
{
  SearchNode *node = node_new (BASE_QUERY_ACCOUNT);

  node->ids = store_search_find_accounts (from->text, scope->accounts, scope->n_accounts);
  return node;
}

static gboolean
is_of_row (const SearchNode *node)
{
  for (guint i = 0; node->children != NULL && i < node->children->len; i++) {
    if (!is_of_row (node->children->pdata[i]))
      return FALSE;
  }
  return node->kind != BASE_QUERY_TERM;
}

static SearchNode *
compile_group (StoreSearch *self, const BaseQueryNode *from, const StoreSearchScope *scope)
{
  SearchNode *node = node_new (from->kind);
  guint n_of_row = 0;

  node->children = g_ptr_array_new_with_free_func (node_free);
  for (guint i = 0; i < from->children->len; i++) {
    SearchNode *child = store_search_compile (self, from->children->pdata[i], scope);

    /* What the row alone says is looked at first: no text need be read where it says no. */
    g_ptr_array_insert (node->children, is_of_row (child) ? (gint)n_of_row++ : -1, child);
  }
  return node;
}

SearchNode *
store_search_compile (StoreSearch *self, const BaseQueryNode *from, const StoreSearchScope *scope)
{
  SearchNode *node;

  switch (from->kind) {
  case BASE_QUERY_AND:
  case BASE_QUERY_OR:
  case BASE_QUERY_NOT:
    return compile_group (self, from, scope);
  case BASE_QUERY_TERM:
    return from->field == BASE_QUERY_TYPE
               ? compile_type (from->text)
               : term_new (from->text, from->exact ? BASE_FIND_WHOLE : BASE_FIND_NONE,
                           sections_of_field[from->field]);
  case BASE_QUERY_IN:
    return compile_in (self, from);
  case BASE_QUERY_ACCOUNT:
    return compile_account (from, scope);
  case BASE_QUERY_ALL:
  case BASE_QUERY_IS:
  case BASE_QUERY_HAS:
  case BASE_QUERY_LABEL:
  case BASE_QUERY_DATE:
  case BASE_QUERY_SIZE:
    break;
  }
  node = node_new (from->kind);
  node->state = from->state;
  node->from = from->from;
  node->until = from->until;
  node->least = from->least;
  node->most = from->most;
  node->label = from->kind == BASE_QUERY_LABEL ? base_fold (from->text, -1, NULL) : NULL;
  return node;
}

/* ---- texts ---- */

void
store_search_message_clear (SearchMessage *message)
{
  for (guint i = 0; message->sections != NULL && i < message->sections->len; i++)
    g_free (g_array_index (message->sections, SearchSection, i).folded);
  g_clear_pointer (&message->sections, g_array_unref);
  g_clear_pointer (&message->text, g_free);
  g_clear_pointer (&message->row, store_message_free);
}

static void
add_section (SearchMessage *message, guint section, const char *text, gsize length)
{
  SearchSection one = { section, text, length, NULL, 0 };

  g_array_append_val (message->sections, one);
}

static gboolean
fill_from_row (StoreSearch *self, SearchMessage *message, GError **error)
{
  StoreIndexText texts[STORE_INDEX_ROW_TEXTS];
  gsize n;
  g_autoptr (GPtrArray) rows = store_message_get_rows (self->db, &message->id, 1, error);

  if (rows == NULL)
    return FALSE;
  message->row = g_steal_pointer (&rows->pdata[0]);
  n = message->row != NULL ? store_index_list_row_texts (message->row, texts) : 0;
  for (gsize i = 0; i < n; i++)
    add_section (message, texts[i].section, texts[i].text, texts[i].length);
  return TRUE;
}

/* Somebody called it off, or the disk failed: neither says that the index is damaged. */
static gboolean
set_unreadable (StoreSearch *self, GError **error)
{
  if ((sqlite3_errcode (self->file->sqlite) & 0xff) == SQLITE_INTERRUPT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  else
    base_error_set (error, BASE_ERROR_DISK, sqlite3_errmsg (self->file->sqlite), "%s",
                    store_search_say_unreadable ());
  return FALSE;
}

gboolean
store_search_fill_text (StoreSearch *self, SearchMessage *message, GError **error)
{
  StoreIndexSeen seen;
  gsize length = 0;
  const char *at, *end, *begin;
  guint section;
  int found;

  if (message->has_text)
    return TRUE;
  message->has_text = TRUE;
  self->n_read++;
  message->sections = g_array_sized_new (FALSE, FALSE, sizeof (SearchSection), 16);
  found = self->file != NULL ? store_search_file_find (self->file, message->id, &seen) : 0;
  if (found < 0)
    return set_unreadable (self, error);
  /* What the index has under this number may be of another message, see forget_newer (). */
  if (found == 0 || seen.received != message->received || seen.size != message->size)
    return fill_from_row (self, message, error);
  found = store_search_file_get_text (self->file, seen.place, &message->text, &length);
  if (found < 0)
    return set_unreadable (self, error);
  if (found == 0)
    store_search_file_note_damage (self->db);
  if (message->text == NULL || seen.stage < STORE_INDEX_LINE)
    return fill_from_row (self, message, error);
  at = message->text;
  end = at + length;
  while (store_index_text_next (&at, end, &section, &begin, &length)) {
    if (section < BASE_N_SECTIONS)
      add_section (message, section, begin, length);
  }
  return TRUE;
}

gboolean
store_search_find_in (const BaseFind *find, SearchSection *section)
{
  if (section->folded == NULL)
    section->folded = base_fold (section->text, (gssize)section->length, &section->folded_length);
  return base_find_look (find, section->folded, section->folded_length, 0, NULL, NULL);
}

/* ---- holding ---- */

static gboolean
hold_term (StoreSearch *self, SearchNode *node, SearchMessage *message, guint *where,
           GError **error)
{
  if (!store_search_fill_text (self, message, error))
    return FALSE;
  node->n_seen++;
  /* They stand in their order, the best first. */
  for (guint i = 0; i < message->sections->len; i++) {
    SearchSection *section = &g_array_index (message->sections, SearchSection, i);
    const BaseFind *find = node->initials != NULL && STORE_INDEX_HAS_INITIALS (section->section)
                               ? node->initials
                               : node->find;

    if ((node->sections & BASE_SECTION_BIT (section->section)) != 0
        && store_search_find_in (find, section)) {
      node->n_held++;
      *where = section->section;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
hold_label (StoreSearch *self, const SearchNode *node, SearchMessage *message, GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      self->db, error, "SELECT names FROM label WHERE message = ?1", STORE_INTS (message->id));
  int step = query != NULL ? store_query_step (self->db, query, error) : -1;
  g_autofree char *names = step == 1 ? store_query_dup_text (query, 0) : NULL;

  return step >= 0 && store_label_is_called (names, message->flags, node->label);
}

static gboolean
hold_state (const SearchFolder *folder, const SearchMessage *message, BaseQueryState state)
{
  switch (state) {
  case BASE_QUERY_UNREAD:
    return (message->flags & STORE_FLAG_SEEN) == 0;
  case BASE_QUERY_READ:
    return (message->flags & STORE_FLAG_SEEN) != 0;
  case BASE_QUERY_STARRED:
    return (message->flags & STORE_FLAG_FLAGGED) != 0;
  case BASE_QUERY_REPLIED:
    return (message->flags & STORE_FLAG_ANSWERED) != 0;
  case BASE_QUERY_FORWARDED:
    return (message->flags & STORE_FLAG_FORWARDED) != 0;
  case BASE_QUERY_DRAFT:
    return (message->flags & STORE_FLAG_DRAFT) != 0 || folder->role == STORE_ROLE_DRAFTS;
  }
  return FALSE;
}

/* AND: the worst of the best that each was found in.  OR: the best. */
static gboolean
hold_children (StoreSearch *self, SearchNode *node, SearchMessage *message, guint *where,
               GError **error)
{
  gboolean is_or = node->kind == BASE_QUERY_OR, any = FALSE, is_out = FALSE;

  for (guint i = 0; i < node->children->len; i++) {
    guint one = 0;
    gboolean is_so = store_search_hold (self, node->children->pdata[i], message, &one, error);

    /* While all are looked at, how frequent each of them is has to be known. */
    is_out |= !is_so && !is_or;
    if (is_out && (self->scan != STORE_SEARCH_SCAN_ALL || !message->has_text))
      return FALSE;
    if (is_so && one != 0)
      *where = *where == 0 ? one : is_or ? MIN (*where, one) : MAX (*where, one);
    any |= is_so;
    /* None can be better. */
    if (is_or && is_so && *where <= 1)
      return TRUE;
  }
  return any && !is_out;
}

gboolean
store_search_hold (StoreSearch *self, SearchNode *node, SearchMessage *message, guint *where,
                   GError **error)
{
  guint ignored = 0;

  switch (node->kind) {
  case BASE_QUERY_ALL:
    return TRUE;
  case BASE_QUERY_AND:
  case BASE_QUERY_OR:
    return hold_children (self, node, message, where, error);
  case BASE_QUERY_NOT:
    return !store_search_hold (self, node->children->pdata[0], message, &ignored, error);
  case BASE_QUERY_TERM:
    return hold_term (self, node, message, where, error);
  case BASE_QUERY_IS:
    return hold_state (g_hash_table_lookup (self->folders, &message->folder), message, node->state);
  case BASE_QUERY_HAS:
    return message->has_attachments;
  case BASE_QUERY_IN:
    return g_hash_table_contains (node->ids, &message->folder);
  case BASE_QUERY_ACCOUNT:
    return g_hash_table_contains (node->ids, &message->account);
  case BASE_QUERY_LABEL:
    return hold_label (self, node, message, error);
  case BASE_QUERY_DATE:
    return message->received >= node->from && message->received < node->until;
  case BASE_QUERY_SIZE:
    return (guint64)message->size >= node->least && (guint64)message->size <= node->most;
  }
  return FALSE;
}

/* Whether it is so because of a part that names places: what lies in Junk, Trash or Drafts is found by such words alone, and the other side of an OR is about the rest. */
static gboolean
hold_there (StoreSearch *self, SearchNode *node, SearchMessage *message, const SearchFolder *folder,
            GError **error)
{
  guint ignored = 0;

  switch (node->kind) {
  case BASE_QUERY_IN:
    return store_search_hold (self, node, message, &ignored, error);
  case BASE_QUERY_IS:
    return node->state == BASE_QUERY_DRAFT && folder->role == STORE_ROLE_DRAFTS;
  case BASE_QUERY_AND:
  case BASE_QUERY_OR:
    for (guint i = 0; i < node->children->len; i++)
      if (hold_there (self, node->children->pdata[i], message, folder, error))
        return node->kind == BASE_QUERY_OR
               || store_search_hold (self, node, message, &ignored, error);
    return FALSE;
  case BASE_QUERY_ALL:
  case BASE_QUERY_NOT:
  case BASE_QUERY_TERM:
  case BASE_QUERY_HAS:
  case BASE_QUERY_ACCOUNT:
  case BASE_QUERY_LABEL:
  case BASE_QUERY_DATE:
  case BASE_QUERY_SIZE:
    break;
  }
  return FALSE;
}

static gboolean
lies_apart (const StoreSearch *self, const SearchFolder *folder)
{
  return self->folder == 0
         && (folder->role == STORE_ROLE_JUNK || folder->role == STORE_ROLE_TRASH
             || folder->role == STORE_ROLE_DRAFTS);
}

/* ---- rows ---- */

gboolean
store_search_load (StoreSearch *self, gint64 id, SearchMessage *message, gboolean *is_there,
                   GError **error)
{
  g_autoptr (StoreQuery) query = store_db_query (
      self->db, error,
      "SELECT folder, received, size, flags, hidden, has_attachments, thread, marks, own, date "
      "FROM message WHERE id = ?1",
      STORE_INTS (id));
  int step = query != NULL ? store_query_step (self->db, query, error) : -1;
  const SearchFolder *folder;

  *is_there = FALSE;
  if (step <= 0)
    return step == 0;
  *message = (SearchMessage){ .id = id,
                              .folder = store_query_int (query, 0),
                              .received = store_query_int (query, 1),
                              .size = store_query_int (query, 2),
                              .flags = (guint)store_query_int (query, 3),
                              .has_attachments = store_query_int (query, 5) != 0,
                              .thread = store_query_int (query, 6),
                              .marks = (guint)store_query_int (query, 7),
                              .own = store_name_copies (store_query_int (query, 8),
                                                        store_query_int (query, 9)) };
  /* In a folder that came since it would be found when the search begins anew. */
  folder = g_hash_table_lookup (self->folders, &message->folder);
  message->account = folder != NULL ? folder->account : 0;
  *is_there = store_query_int (query, 4) == 0 && folder != NULL;
  return TRUE;
}

static gboolean
is_in_view (const StoreSearch *self, const SearchMessage *message)
{
  for (guint n = 0; n < STORE_N_VIEWS; n++) {
    if (STORE_VIEW_N (n) == self->folder)
      return store_marks_are_in (message->marks, n);
  }
  return TRUE;
}

int
store_search_look (StoreSearch *self, gint64 id, StoreHit *hit, GError **error)
{
  SearchMessage message = { 0 };
  const SearchFolder *folder;
  gboolean is_there, is_hit;
  g_autoptr (GError) local = NULL;
  guint where = 0;

  if (!store_search_load (self, id, &message, &is_there, error))
    return -1;
  if (!is_there || message.received < self->from || message.received >= self->until
      || !store_search_is_within (self, g_hash_table_lookup (self->folders, &message.folder))
      || !is_in_view (self, &message))
    return 0;
  folder = g_hash_table_lookup (self->folders, &message.folder);
  is_hit =
      store_search_hold (self, self->root, &message, &where, &local)
      && (!lies_apart (self, folder) || hold_there (self, self->root, &message, folder, &local));
  store_search_message_clear (&message);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return -1;
  }
  *hit = (StoreHit){ .message = id,
                     .thread = message.thread,
                     .account = message.account,
                     .folder = message.folder,
                     .received = message.received,
                     .own = message.own,
                     .where = where,
                     .unread = (message.flags & STORE_FLAG_SEEN) == 0 };
  return is_hit;
}
