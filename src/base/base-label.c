/* What people call the labels of messages, see the header. */
#include "base-label.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-fold.h"

/* What Thunderbird calls its five, in whatever language it speaks. */
static const struct
{
  const char *keyword, *name;
} five[] = {
  { "$label1", NC_ ("label", "Important") }, { "$label2", NC_ ("label", "Work") },
  { "$label3", NC_ ("label", "Personal") },  { "$label4", NC_ ("label", "To Do") },
  { "$label5", NC_ ("label", "Later") },
};

/* Gmail's own, on the messages; its folders have these names in the window.  Translators see them there (mail-folder.c). */
static const struct
{
  const char *label, *context, *name;
} gmails[] = {
  { "\\Inbox", "folder", "Inbox" },        { "\\Sent", "folder", "Sent" },
  { "\\Draft", "folder", "Drafts" },       { "\\Starred", "folder", "Starred" },
  { "\\Important", "label", "Important" }, { "\\Muted", NULL, "Muted" },
};

const char *
base_label_get_shown (const char *label)
{
  for (guint i = 0; i < G_N_ELEMENTS (five); i++) {
    if (g_ascii_strcasecmp (label, five[i].keyword) == 0)
      return g_dpgettext2 (NULL, "label", five[i].name);
  }
  return label[0] == '\\' || label[0] == '$' || label[0] == '\0' ? NULL : label;
}

static gboolean
is_same (const char *name, const char *folded)
{
  g_autofree char *own = base_fold (name, -1, NULL);

  return strcmp (own, folded) == 0;
}

/* In English, as other programs show it, and in the language of the window. */
static gboolean
is_shown_as (const char *context, const char *name, const char *folded)
{
  return is_same (name, folded)
         || (context != NULL && is_same (g_dpgettext2 (NULL, context, name), folded));
}

static gboolean
is_gmail (guint which, const char *folded)
{
  const char *label = gmails[which].label;

  return is_same (label, folded) || is_same (label + 1, folded)
         || is_shown_as (gmails[which].context, gmails[which].name, folded);
}

/* Asked of each label of each message that a search looks at: those with names of their own are compared by their names only where they are met. */
gboolean
base_label_is_called (const char *label, const char *folded)
{
  gboolean marked = label[0] == '\\' || label[0] == '$';

  if (is_same (label, folded) || (marked && is_same (label + 1, folded)))
    return TRUE;
  for (guint i = 0; label[0] == '$' && i < G_N_ELEMENTS (five); i++) {
    if (g_ascii_strcasecmp (label, five[i].keyword) == 0)
      return is_shown_as ("label", five[i].name, folded);
  }
  for (guint i = 0; label[0] == '\\' && i < G_N_ELEMENTS (gmails); i++) {
    if (g_ascii_strcasecmp (label, gmails[i].label) == 0)
      return is_gmail (i, folded);
  }
  return FALSE;
}

const char *
base_label_find_gmail (const char *folded)
{
  for (guint i = 0; i < G_N_ELEMENTS (gmails); i++) {
    if (is_gmail (i, folded))
      return gmails[i].label;
  }
  return NULL;
}

const char *
base_label_find_keyword (const char *folded)
{
  for (guint i = 0; i < G_N_ELEMENTS (five); i++) {
    if (is_shown_as ("label", five[i].name, folded))
      return five[i].keyword;
  }
  return NULL;
}
