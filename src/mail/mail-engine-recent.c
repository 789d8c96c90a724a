/* What somebody has looked for lately: a file of the profile, recent-searches, a line for each, the newest first.  Main thread; it is read when it is first
 * asked for, as a few kilobytes, and written in the search thread.  What a person has it forget is gone from the disk, too. */
#include "mail-engine-private.h"

#include <string.h>

#include "base-text.h"

#define FILE_NAME   "recent-searches"
#define MOST        50
#define MOST_OCTETS 400 /* of one; who pastes a letter into the entry does not look for it again */

static void
read_file (MailEngine *self)
{
  g_autofree char *path = mail_engine_dup_search_file (self, FILE_NAME);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autofree char *octets = g_malloc0 (MOST * (MOST_OCTETS + 1) + 1);
  gsize length = 0;

  if (stream != NULL)
    g_input_stream_read_all (G_INPUT_STREAM (stream), octets, MOST * (MOST_OCTETS + 1), &length,
                             NULL, NULL);
  octets[length] = '\0';
  g_auto (GStrv) lines = g_strsplit (octets, "\n", -1);
  for (guint i = 0; lines[i] != NULL && self->recent->len < MOST; i++) {
    char *line = base_text_repair (lines[i], -1);

    if (*line != '\0' && strlen (line) <= MOST_OCTETS)
      g_ptr_array_add (self->recent, line);
    else
      g_free (line);
  }
}

static void
write_file (MailEngine *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->recent->len; i++)
    g_string_append_printf (text, "%s\n", (const char *)self->recent->pdata[i]);
  mail_engine_write_search_file (self, FILE_NAME, text->str);
  g_string_free (text, TRUE);
}

GPtrArray *
mail_engine_get_recent_searches (MailEngine *self)
{
  g_return_val_if_fail (MAIL_IS_ENGINE (self), NULL);
  if (self->recent == NULL) {
    self->recent = g_ptr_array_new_with_free_func (g_free);
    read_file (self);
  }
  return self->recent;
}

/* In one line, without what nobody sees. */
static char *
tidy (const char *typed)
{
  g_autofree char *whole = base_text_repair (typed, -1);

  return g_strstrip (g_strdelimit (g_steal_pointer (&whole), "\n\r\t", ' '));
}

void
mail_engine_note_recent_search (MailEngine *self, const char *typed)
{
  g_return_if_fail (MAIL_IS_ENGINE (self) && typed != NULL);
  g_autofree char *text = tidy (typed);
  GPtrArray *recent = mail_engine_get_recent_searches (self);
  guint at;

  if (*text == '\0' || strlen (text) > MOST_OCTETS
      || (recent->len > 0 && g_str_equal (recent->pdata[0], text)))
    return;
  if (g_ptr_array_find_with_equal_func (recent, text, g_str_equal, &at))
    g_ptr_array_remove_index (recent, at);
  g_ptr_array_insert (recent, 0, g_steal_pointer (&text));
  if (recent->len > MOST)
    g_ptr_array_set_size (recent, MOST);
  write_file (self);
}

void
mail_engine_forget_recent_searches (MailEngine *self)
{
  g_return_if_fail (MAIL_IS_ENGINE (self));
  g_ptr_array_set_size (mail_engine_get_recent_searches (self), 0);
  write_file (self);
}
