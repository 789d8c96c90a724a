/* From BODYSTRUCTURE to a tree of parts: first the parentheses as they are, then what they mean, by position and, where
 * servers are known to err (quirks 3, 14, 15, 46, 51), by looks.  Pure; must never take a wrong guess so far that a part would be
 * fetched under a section that is another one's. */
#include "imap-structure.h"

#include <string.h>

#include "base-text.h"

/* A message of more parts is shown from its bytes. */
#define MAX_NODES 50000

/* A list, or one word (NULL text: NIL). */
typedef struct
{
  GPtrArray *items; /* Owned; of Node; NULL for a word */
  char *text;       /* Owned */
  gboolean is_atom;
} Node;

static void
node_free (gpointer data)
{
  Node *node = data;
  g_clear_pointer (&node->items, g_ptr_array_unref);
  g_free (node->text);
  g_free (node);
}

/* The list that is open; NULL at the limits. */
static Node *
read_list (ImapLexer *lexer, guint *left)
{
  Node *list = g_new0 (Node, 1);
  ImapToken token;

  list->items = g_ptr_array_new_with_free_func (node_free);
  while (imap_lexer_next (lexer, &token) != IMAP_TOKEN_CLOSE && token.type != IMAP_TOKEN_END) {
    Node *item;
    if (token.type == IMAP_TOKEN_OPEN) {
      item = *left > 0 ? read_list (lexer, left) : NULL;
    } else {
      item = token.type != IMAP_TOKEN_LIMIT ? g_new0 (Node, 1) : NULL;
      if (item != NULL && !imap_token_is_nil (&token))
        item->text = imap_token_dup (&token);
      if (item != NULL)
        item->is_atom = token.type == IMAP_TOKEN_ATOM;
    }
    if (item == NULL || *left == 0) {
      g_clear_pointer (&item, node_free);
      node_free (list);
      return NULL;
    }
    (*left)--;
    g_ptr_array_add (list->items, item);
  }
  return list;
}

static const Node *
item_of (const Node *list, guint index)
{
  return list->items != NULL && index < list->items->len ? g_ptr_array_index (list->items, index)
                                                         : NULL;
}

static gboolean
is_list (const Node *node)
{
  return node != NULL && node->items != NULL;
}

static const char *
text_of (const Node *node)
{
  return node != NULL ? node->text : NULL;
}

/* mail.ru writes 9.3736e+06, others -1: imap_token_number () knows. */
static gboolean
is_number (const Node *node)
{
  return node != NULL && node->is_atom && node->text != NULL
         && (g_ascii_isdigit (node->text[0]) || node->text[0] == '-');
}

static guint64
number_of (const Node *node)
{
  if (!is_number (node))
    return 0;
  const ImapToken token = { .type = IMAP_TOKEN_ATOM,
                            .text = node->text,
                            .length = strlen (node->text) };
  return imap_token_number (&token, G_MAXINT64);
}

/* ---- parameters ---- */

/* "a%20b" decoded, behind charset'language' where that stands. */
static char *
decode_extended (const char *value)
{
  const char *quote = strchr (value, '\''),
             *second = quote != NULL ? strchr (quote + 1, '\'') : NULL;
  GString *out = g_string_new (NULL);

  for (const char *c = second != NULL ? second + 1 : value; *c != '\0'; c++) {
    if (*c == '%' && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2])) {
      g_string_append_c (out,
                         (char)(g_ascii_xdigit_value (c[1]) * 16 + g_ascii_xdigit_value (c[2])));
      c += 2;
    } else {
      g_string_append_c (out, *c);
    }
  }
  char *text = base_text_repair (out->str, -1);
  g_string_free (out, TRUE);
  return text;
}

/* The value of a parameter, also in the forms name*, name*0, name*0*, … (RFC 2231). */
static char *
find_parameter (const Node *list, const char *name)
{
  g_autoptr (GString) joined = g_string_new (NULL);
  gsize length = strlen (name);
  gboolean extended = FALSE, found = FALSE;

  for (guint i = 0; is_list (list) && i + 1 < list->items->len; i += 2) {
    const char *key = text_of (item_of (list, i)), *value = text_of (item_of (list, i + 1));
    if (key == NULL || value == NULL || g_ascii_strncasecmp (key, name, length) != 0)
      continue;
    if (key[length] == '\0')
      return base_text_repair (value, -1);
    if (key[length] != '*')
      continue;
    found = TRUE;
    extended |= g_str_has_suffix (key, "*");
    g_string_append (joined, value);
  }
  if (!found)
    return NULL;
  return extended ? decode_extended (joined->str) : base_text_repair (joined->str, -1);
}

/* ---- parts ---- */

static ImapStructure *
structure_new (const char *section, const char *type, const char *subtype)
{
  ImapStructure *structure = g_new0 (ImapStructure, 1);
  g_autofree char *whole = type != NULL && subtype != NULL ? g_strconcat (type, "/", subtype, NULL)
                                                           : g_strdup ("application/octet-stream");
  g_autofree char *valid = base_text_repair (whole, -1);
  structure->section = g_strdup (section);
  structure->type = g_ascii_strdown (valid, -1);
  return structure;
}

void
imap_structure_free (ImapStructure *structure)
{
  if (structure == NULL)
    return;
  g_clear_pointer (&structure->children, g_ptr_array_unref);
  g_free (structure->section);
  g_free (structure->type);
  g_free (structure->encoding);
  g_free (structure->disposition);
  g_free (structure->name);
  g_free (structure->charset);
  g_free (structure->content_id);
  g_free (structure);
}

static gboolean
is_multipart_name (const char *text)
{
  static const char *const names[] = { "mixed",  "alternative", "related",  "report",     "digest",
                                       "signed", "encrypted",   "parallel", "appledouble" };
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (names); i++) {
    if (g_ascii_strcasecmp (text, names[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

/* ("attachment" ("filename" "x")), or as Exchange writes it "attachment"; (NIL NIL) is none. */
static void
take_disposition (ImapStructure *structure, const Node *list, guint from)
{
  for (guint i = from; is_list (list) && i < list->items->len; i++) {
    const Node *item = item_of (list, i);
    const char *word = is_list (item) ? text_of (item_of (item, 0)) : text_of (item);
    if (word == NULL
        || (g_ascii_strcasecmp (word, "attachment") != 0
            && g_ascii_strcasecmp (word, "inline") != 0))
      continue;
    structure->disposition = g_ascii_strdown (word, -1);
    if (is_list (item)) {
      char *name = find_parameter (item_of (item, 1), "filename");
      if (name != NULL) {
        g_free (structure->name);
        structure->name = name;
      }
    }
    return;
  }
}

static ImapStructure *interpret (const Node *node, const char *section, gboolean is_message);

static char *
below (const char *section, guint number)
{
  return *section != '\0' ? g_strdup_printf ("%s.%u", section, number)
                          : g_strdup_printf ("%u", number);
}

static ImapStructure *
interpret_multipart (const Node *node, const char *section)
{
  GPtrArray *children = g_ptr_array_new_with_free_func ((GDestroyNotify)imap_structure_free);
  guint n = 0;

  for (; is_list (item_of (node, n)); n++) {
    g_autofree char *child = below (section, n + 1);
    g_ptr_array_add (children, interpret (item_of (node, n), child, FALSE));
  }
  const char *subtype = text_of (item_of (node, n));
  ImapStructure *structure =
      structure_new (section, "multipart", subtype != NULL ? subtype : "mixed");
  structure->children = children;
  structure->encoding = g_strdup ("7bit");
  take_disposition (structure, node, n + 1);
  return structure;
}

/* Gmail and others about a multipart without parts: ("ALTERNATIVE" ("BOUNDARY" …) NIL NIL), ("ALTERNATIVE"),
 * (NIL "alternative" …). */
static const char *
empty_multipart (const Node *node)
{
  const char *first = text_of (item_of (node, 0)), *second = text_of (item_of (node, 1));
  if (first != NULL && (node->items->len == 1 || is_list (item_of (node, 1))))
    return first;
  return first == NULL && is_multipart_name (second) ? second : NULL;
}

static ImapStructure *
interpret_single (const Node *node, const char *section)
{
  const char *type = text_of (item_of (node, 0)), *subtype = text_of (item_of (node, 1));
  const char *encoding = text_of (item_of (node, 5)), *id = text_of (item_of (node, 3));
  ImapStructure *structure = structure_new (section, type, subtype);

  structure->charset = find_parameter (item_of (node, 2), "charset");
  structure->name = find_parameter (item_of (node, 2), "name");
  structure->content_id = id != NULL && *id != '\0' ? base_text_repair (id, -1) : NULL;
  structure->encoding = g_ascii_strdown (encoding != NULL ? encoding : "7bit", -1);
  structure->size = number_of (item_of (node, 6));
  if (strcmp (structure->type, "message/rfc822") == 0 && is_list (item_of (node, 7))
      && is_list (item_of (node, 8))) {
    structure->children = g_ptr_array_new_with_free_func ((GDestroyNotify)imap_structure_free);
    g_ptr_array_add (structure->children, interpret (item_of (node, 8), section, TRUE));
    take_disposition (structure, node, 9);
  } else {
    take_disposition (structure, node, 7);
  }
  return structure;
}

/* `is_message`: what stands under `section` is a message, so that its only part has a number of its own. */
static ImapStructure *
interpret (const Node *node, const char *section, gboolean is_message)
{
  if (is_list (item_of (node, 0)))
    return interpret_multipart (node, section);
  const char *subtype = empty_multipart (node);
  if (subtype != NULL) {
    ImapStructure *structure = structure_new (section, "multipart", subtype);
    structure->children = g_ptr_array_new_with_free_func ((GDestroyNotify)imap_structure_free);
    structure->encoding = g_strdup ("7bit");
    return structure;
  }
  g_autofree char *only = is_message ? below (section, 1) : g_strdup (section);
  return interpret_single (node, only);
}

ImapStructure *
imap_structure_parse (ImapLexer *lexer, const ImapToken *open, gboolean *too_deep)
{
  guint left = MAX_NODES;
  Node *list = NULL;
  ImapStructure *structure = NULL;

  *too_deep = open->type == IMAP_TOKEN_LIMIT;
  if (open->type != IMAP_TOKEN_OPEN)
    return NULL;
  list = read_list (lexer, &left);
  if (list == NULL) {
    *too_deep = TRUE;
    return NULL;
  }
  if (list->items->len > 0)
    structure = interpret (list, "", TRUE);
  node_free (list);
  return structure;
}
