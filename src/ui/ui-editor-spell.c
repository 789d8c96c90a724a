/* Spelling in a letter: which lines have changed is noted as they change; they are looked at when the person pauses, for two
 * milliseconds a turn; words that are not known yet are asked for (ui-spell.h) and their lines looked at again.  Main thread.  It
 * changes tags of looks only, never the text by itself, and nothing while an input method composes. */
#include "ui-editor-spell.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-editor-tags.h"
#include "ui-spell.h"

#define PAUSE_MS  250 /* after the last key */
#define TURN      (2 * G_TIME_SPAN_MILLISECOND)
#define MAX_ASKED 400 /* words at once */

struct _UiEditorSpell
{
  UiEditor *editor; /* borrowed */
  GtkTextBuffer *buffer;
  UiSpell *words; /* NULL: off */
  GtkTextTag *tag;
  GtkTextMark *start, *end; /* of what is to be looked at; the same: nothing */
  GtkTextMark *typing;      /* of a word that was left alone as the caret stood in it */
  guint source;
  gboolean composing, asking;
  GPtrArray *unknown;

  char *languages; /* nullable: nobody chose any */
  char *sample;    /* nullable: text by which they are guessed, until then */

  GMenu *menu;          /* the context menu */
  GMenu *language_menu; /* in it, and in others' */
  char *word;           /* it is about */
  GtkTextMark *word_start;
};

static void look_later (UiEditorSpell *self, guint ms);

/* ---- marking ---- */

static void
get_iters (UiEditorSpell *self, GtkTextIter *start, GtkTextIter *end)
{
  gtk_text_buffer_get_iter_at_mark (self->buffer, start, self->start);
  gtk_text_buffer_get_iter_at_mark (self->buffer, end, self->end);
}

static void
look_again (UiEditorSpell *self, const GtkTextIter *start, const GtkTextIter *end)
{
  GtkTextIter first, last;

  get_iters (self, &first, &last);
  if (gtk_text_iter_equal (&first, &last)) {
    first = *start;
    last = *end;
  } else {
    gtk_text_iter_order (&first, &last);
    first = gtk_text_iter_compare (start, &first) < 0 ? *start : first;
    last = gtk_text_iter_compare (end, &last) > 0 ? *end : last;
  }
  gtk_text_iter_set_line_offset (&first, 0);
  if (!gtk_text_iter_ends_line (&last))
    gtk_text_iter_forward_to_line_end (&last);
  gtk_text_buffer_move_mark (self->buffer, self->start, &first);
  gtk_text_buffer_move_mark (self->buffer, self->end, &last);
}

static void
look_at_all (UiEditorSpell *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  look_again (self, &start, &end);
  look_later (self, 0);
}

static gboolean
is_at_caret (UiEditorSpell *self, const GtkTextIter *start, const GtkTextIter *end)
{
  GtkTextIter caret;

  gtk_text_buffer_get_iter_at_mark (self->buffer, &caret,
                                    gtk_text_buffer_get_insert (self->buffer));
  return gtk_text_iter_compare (&caret, start) > 0 && gtk_text_iter_compare (&caret, end) <= 0;
}

static void
mark_word (UiEditorSpell *self, const GtkTextIter *line, int from, int to)
{
  GtkTextIter start = *line, end = *line;

  gtk_text_iter_forward_chars (&start, from);
  gtk_text_iter_forward_chars (&end, to);
  if (is_at_caret (self, &start, &end)) {
    /* It may be half a word still. */
    if (self->typing == NULL)
      self->typing = gtk_text_buffer_create_mark (self->buffer, NULL, &start, TRUE);
    else
      gtk_text_buffer_move_mark (self->buffer, self->typing, &start);
    return;
  }
  gtk_text_buffer_apply_tag (self->buffer, self->tag, &start, &end);
}

static gboolean
has_marks (UiEditorSpell *self, const GtkTextIter *start, const GtkTextIter *end)
{
  GtkTextIter at = *start;

  return gtk_text_iter_has_tag (start, self->tag)
         || (gtk_text_iter_forward_to_tag_toggle (&at, self->tag)
             && gtk_text_iter_compare (&at, end) < 0);
}

static void
look_at_line (UiEditorSpell *self, const GtkTextIter *start, const GtkTextIter *end)
{
  g_autofree char *text = NULL;
  const char *at, *begin, *counted;
  int offset = 0;
  UiLine line;

  if (has_marks (self, start, end))
    gtk_text_buffer_remove_tag (self->buffer, self->tag, start, end);
  /* What others wrote is theirs; it is most of the text, and soon seen. */
  if (gtk_text_iter_get_char (start) == '>')
    return;
  text = gtk_text_iter_get_slice (start, end);
  ui_editor_read_line (text, &line);
  at = line.text;
  counted = text;
  while (ui_spell_next_word (&at, &begin)) {
    g_autofree char *word = g_strndup (begin, (gsize)(at - begin));
    UiWord found = ui_spell_look (self->words, word);

    if (found == UI_WORD_GOOD)
      continue;
    if (found == UI_WORD_UNKNOWN) {
      if (self->unknown->len < MAX_ASKED)
        g_ptr_array_add (self->unknown, g_steal_pointer (&word));
      continue;
    }
    offset += (int)g_utf8_strlen (counted, begin - counted);
    counted = begin;
    mark_word (self, start, offset, offset + (int)g_utf8_strlen (begin, at - begin));
  }
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  UiEditorSpell *self = g_object_get_data (G_OBJECT (data), "spell");
  g_autoptr (GtkTextBuffer) buffer = data;
  GtkTextIter start, end;

  ui_spell_ask_finish (UI_SPELL (source), result);
  if (self == NULL || self->words != UI_SPELL (source))
    return;
  self->asking = FALSE;
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  look_again (self, &start, &end);
  look_later (self, 0);
}

static void
ask (UiEditorSpell *self)
{
  if (self->unknown->len == 0 || self->asking)
    return;
  g_ptr_array_add (self->unknown, NULL);
  self->asking = TRUE;
  ui_spell_ask_async (self->words, (const char *const *)self->unknown->pdata, on_answered,
                      g_object_ref (self->buffer));
  g_ptr_array_set_size (self->unknown, 0);
}

static gboolean
look (gpointer data)
{
  UiEditorSpell *self = data;
  gint64 begin = g_get_monotonic_time ();
  GtkTextIter at, end;

  self->source = 0;
  if (self->words == NULL || self->composing || !ui_spell_is_ready (self->words))
    return G_SOURCE_REMOVE;
  get_iters (self, &at, &end);
  while (gtk_text_iter_compare (&at, &end) < 0 && g_get_monotonic_time () - begin < TURN) {
    GtkTextIter stop = at;

    if (!gtk_text_iter_ends_line (&stop))
      gtk_text_iter_forward_to_line_end (&stop);
    look_at_line (self, &at, &stop);
    at = stop;
    if (!gtk_text_iter_forward_line (&at))
      at = end;
  }
  gtk_text_buffer_move_mark (self->buffer, self->start, &at);
  if (gtk_text_iter_compare (&at, &end) < 0) {
    look_later (self, 1);
  } else {
    gtk_text_buffer_move_mark (self->buffer, self->start, &end);
    ask (self);
  }
  return G_SOURCE_REMOVE;
}

static void
look_later (UiEditorSpell *self, guint ms)
{
  if (self->words == NULL || self->composing)
    return;
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = g_timeout_add_full (G_PRIORITY_LOW, ms, look, self, NULL);
}

/* ---- changes ---- */

static void
on_inserted (GtkTextBuffer *buffer, const GtkTextIter *at, const char *text, int length,
             UiEditorSpell *self)
{
  GtkTextIter start = *at;

  if (self->words == NULL)
    return;
  gtk_text_iter_backward_chars (&start, (int)g_utf8_strlen (text, length));
  look_again (self, &start, at);
  look_later (self, PAUSE_MS);
}

static void
on_deleted (GtkTextBuffer *buffer, const GtkTextIter *start, const GtkTextIter *end,
            UiEditorSpell *self)
{
  if (self->words == NULL)
    return;
  look_again (self, start, start);
  look_later (self, PAUSE_MS);
}

/* The caret leaves a word that may have been half of one. */
static void
on_mark_set (GtkTextBuffer *buffer, const GtkTextIter *at, GtkTextMark *mark, UiEditorSpell *self)
{
  GtkTextIter start, end;

  if (self->typing == NULL || mark != gtk_text_buffer_get_insert (buffer))
    return;
  gtk_text_buffer_get_iter_at_mark (buffer, &start, self->typing);
  end = start;
  if (!gtk_text_iter_forward_word_end (&end))
    gtk_text_iter_forward_to_line_end (&end);
  if (is_at_caret (self, &start, &end))
    return;
  gtk_text_buffer_delete_mark (buffer, g_steal_pointer (&self->typing));
  look_again (self, &start, &start);
  look_later (self, PAUSE_MS);
}

/* ---- the menu ---- */

/* The marked word at `at`; FALSE: there is none. */
static gboolean
get_word (UiEditorSpell *self, const GtkTextIter *at, GtkTextIter *start, GtkTextIter *end)
{
  *start = *end = *at;
  if (!gtk_text_iter_has_tag (at, self->tag) && !gtk_text_iter_ends_tag (at, self->tag))
    return FALSE;
  if (!gtk_text_iter_starts_tag (start, self->tag))
    gtk_text_iter_backward_to_tag_toggle (start, self->tag);
  if (!gtk_text_iter_ends_tag (end, self->tag))
    gtk_text_iter_forward_to_tag_toggle (end, self->tag);
  return TRUE;
}

static void
add_item (GMenu *menu, const char *label, const char *action, const char *value)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, value != NULL ? "s" : NULL, value);
  g_menu_append_item (menu, item);
}

/* Underlines in `label` are no mnemonics. */
static void
add_bare_item (GMenu *menu, const char *label, const char *action, const char *value)
{
  g_auto (GStrv) parts = g_strsplit (label, "_", -1);
  g_autofree char *escaped = g_strjoinv ("__", parts);

  add_item (menu, escaped, action, value);
}

static void
on_suggested (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GMenu) menu = data;
  g_auto (GStrv) words = ui_spell_suggest_finish (UI_SPELL (source), result);

  g_menu_remove_all (menu);
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    add_bare_item (menu, words[i], "editor.spell-correct", words[i]);
  if (words == NULL || words[0] == NULL)
    add_item (menu, _ ("No Suggestions"), "editor.spell-none", NULL);
}

static void
add_languages (UiEditorSpell *self)
{
  if (ui_spell_get_installed (self->words)[0] == NULL)
    add_item (self->menu, _ ("No dictionary for checking the spelling is installed."),
              "editor.spell-none", NULL);
  else
    g_menu_append_submenu (self->menu, _ ("Spelling _Languages"),
                           G_MENU_MODEL (self->language_menu));
}

/* What can be chosen, and what is missing. */
static void
fill_language_menu (UiEditorSpell *self)
{
  const char *const *installed = ui_spell_get_installed (self->words);
  const char *missing = ui_spell_get_missing (self->words);

  g_menu_remove_all (self->language_menu);
  for (guint i = 0; installed[i] != NULL; i++) {
    g_autofree char *action = g_strdup_printf ("editor.spell-language-%s", installed[i]);

    add_bare_item (self->language_menu, installed[i], action, NULL);
  }
  if (missing != NULL) {
    /* Translators: the code of a language, as “ko” */
    g_autofree char *sentence =
        g_strdup_printf (_ ("No dictionary for “%s” is installed."), missing);

    add_item (self->language_menu, sentence, "editor.spell-none", NULL);
  } else if (installed[0] == NULL) {
    add_item (self->language_menu, _ ("No dictionary for checking the spelling is installed."),
              "editor.spell-none", NULL);
  }
}

static void
prepare_menu (UiEditorSpell *self, const GtkTextIter *at)
{
  GtkTextIter start, end;

  g_menu_remove_all (self->menu);
  g_clear_pointer (&self->word, g_free);
  if (self->words == NULL)
    return;
  if (get_word (self, at, &start, &end)) {
    g_autoptr (GMenu) suggestions = g_menu_new ();
    g_autoptr (GMenu) verbs = g_menu_new ();

    self->word = gtk_text_iter_get_text (&start, &end);
    gtk_text_buffer_move_mark (self->buffer, self->word_start, &start);
    add_item (suggestions, _ ("Looking for suggestions…"), "editor.spell-none", NULL);
    add_item (verbs, _ ("_Add to Dictionary"), "editor.spell-add", NULL);
    add_item (verbs, _ ("I_gnore in This Message"), "editor.spell-ignore", NULL);
    g_menu_append_section (self->menu, NULL, G_MENU_MODEL (suggestions));
    g_menu_append_section (self->menu, NULL, G_MENU_MODEL (verbs));
    ui_spell_suggest_async (self->words, self->word, on_suggested, g_object_ref (suggestions));
  }
  add_languages (self);
}

static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, UiEditorSpell *self)
{
  GtkTextView *view = GTK_TEXT_VIEW (self->editor);
  int buffer_x, buffer_y;
  GtkTextIter at;

  gtk_text_view_window_to_buffer_coords (view, GTK_TEXT_WINDOW_WIDGET, (int)x, (int)y, &buffer_x,
                                         &buffer_y);
  gtk_text_view_get_iter_at_location (view, &at, buffer_x, buffer_y);
  prepare_menu (self, &at);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        UiEditorSpell *self)
{
  GtkTextIter at;

  if (key == GDK_KEY_Menu || (key == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) != 0)) {
    gtk_text_buffer_get_iter_at_mark (self->buffer, &at, gtk_text_buffer_get_insert (self->buffer));
    prepare_menu (self, &at);
  }
  return GDK_EVENT_PROPAGATE;
}

/* ---- actions ---- */

static void
on_correct (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiEditorSpell *self = data;
  GtkTextIter start, end, after;
  g_autofree char *there = NULL;

  if (self->word == NULL || self->composing)
    return;
  gtk_text_buffer_get_iter_at_mark (self->buffer, &start, self->word_start);
  end = start;
  gtk_text_iter_forward_chars (&end, (int)g_utf8_strlen (self->word, -1));
  there = gtk_text_iter_get_text (&start, &end);
  if (!g_str_equal (there, self->word))
    return; /* somebody typed meanwhile */
  /* Before the old word goes: what comes looks as it did. */
  gtk_text_buffer_begin_user_action (self->buffer);
  after = start;
  gtk_text_iter_forward_char (&after);
  gtk_text_buffer_insert (self->buffer, &after, g_variant_get_string (parameter, NULL), -1);
  gtk_text_buffer_get_iter_at_mark (self->buffer, &start, self->word_start);
  end = start;
  gtk_text_iter_forward_char (&end);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  end = start;
  gtk_text_iter_forward_chars (&start,
                               (int)g_utf8_strlen (g_variant_get_string (parameter, NULL), -1));
  end = start;
  gtk_text_iter_forward_chars (&end, (int)g_utf8_strlen (self->word, -1) - 1);
  gtk_text_buffer_delete (self->buffer, &start, &end);
  gtk_text_buffer_end_user_action (self->buffer);
}

static void
on_add (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiEditorSpell *self = data;

  if (self->word != NULL && self->words != NULL)
    ui_spell_add (self->words, self->word);
}

static void
on_ignore (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  UiEditorSpell *self = data;

  if (self->word != NULL && self->words != NULL)
    ui_spell_ignore (self->words, self->word);
}

static void
on_language (GSimpleAction *action, GVariant *state, gpointer data)
{
  UiEditorSpell *self = data;
  const char *language = g_action_get_name (G_ACTION (action)) + strlen ("spell-language-");

  if (self->words == NULL)
    return;
  g_simple_action_set_state (action, state);
  ui_spell_use (self->words, language, g_variant_get_boolean (state));
  g_free (self->languages);
  self->languages = ui_spell_dup_languages (self->words);
  g_signal_emit_by_name (self->editor, "languages-chosen");
}

/* One action a language, for several may be used at once. */
static void
add_language_actions (UiEditorSpell *self)
{
  GActionMap *map = G_ACTION_MAP (ui_editor_get_actions (self->editor));
  const char *const *installed = ui_spell_get_installed (self->words);

  for (guint i = 0; installed[i] != NULL; i++) {
    g_autofree char *name = g_strdup_printf ("spell-language-%s", installed[i]);
    GAction *old = g_action_map_lookup_action (map, name);
    GVariant *state = g_variant_new_boolean (ui_spell_uses (self->words, installed[i]));
    g_autoptr (GSimpleAction) action = NULL;

    if (old != NULL) {
      g_simple_action_set_state (G_SIMPLE_ACTION (old), state);
      continue;
    }
    action = g_simple_action_new_stateful (name, NULL, state);
    g_signal_connect (action, "change-state", G_CALLBACK (on_language), self);
    g_action_map_add_action (map, G_ACTION (action));
  }
}

static void
on_words_changed (UiSpell *words, UiEditorSpell *self)
{
  add_language_actions (self);
  if (g_menu_model_get_n_items (G_MENU_MODEL (self->language_menu)) == 0)
    fill_language_menu (self);
  look_at_all (self);
}

/* Once there are words to ask about. */
static void
tell_languages (UiEditorSpell *self)
{
  if (self->words == NULL)
    return;
  if (self->languages != NULL)
    ui_spell_set_languages (self->words, self->languages);
  if (self->sample != NULL)
    ui_spell_guess (self->words, self->sample);
  g_clear_pointer (&self->sample, g_free);
}

void
ui_editor_spell_set_languages (UiEditorSpell *self, const char *languages, const char *text)
{
  g_free (self->languages);
  self->languages = g_strdup (languages);
  g_free (self->sample);
  self->sample = g_strdup (text);
  tell_languages (self);
}

const char *
ui_editor_spell_get_languages (UiEditorSpell *self)
{
  return self->languages;
}

GMenuModel *
ui_editor_spell_get_language_menu (UiEditorSpell *self)
{
  return G_MENU_MODEL (self->language_menu);
}

/* ---- the object ---- */

void
ui_editor_spell_set_enabled (UiEditorSpell *self, gboolean enabled)
{
  GtkTextIter start, end;

  if (enabled == (self->words != NULL))
    return;
  if (enabled) {
    self->words = ui_spell_new ();
    g_signal_connect (self->words, "changed", G_CALLBACK (on_words_changed), self);
    tell_languages (self);
    look_at_all (self);
    return;
  }
  g_signal_handlers_disconnect_by_data (self->words, self);
  g_clear_object (&self->words);
  g_clear_handle_id (&self->source, g_source_remove);
  self->asking = FALSE;
  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  gtk_text_buffer_remove_tag (self->buffer, self->tag, &start, &end);
}

void
ui_editor_spell_set_composing (UiEditorSpell *self, gboolean composing)
{
  self->composing = composing;
  if (composing)
    g_clear_handle_id (&self->source, g_source_remove);
  else
    look_later (self, PAUSE_MS);
}

UiEditorSpell *
ui_editor_spell_new (UiEditor *editor)
{
  const GActionEntry entries[] = {
    { "spell-correct", on_correct, "s", NULL, NULL, { 0 } },
    { "spell-add", on_add, NULL, NULL, NULL, { 0 } },
    { "spell-ignore", on_ignore, NULL, NULL, NULL, { 0 } },
  };
  UiEditorSpell *self = g_new0 (UiEditorSpell, 1);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkTextIter start;

  self->editor = editor;
  self->buffer = g_object_ref (gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor)));
  self->unknown = g_ptr_array_new_with_free_func (g_free);
  self->menu = g_menu_new ();
  self->language_menu = g_menu_new ();
  gtk_text_buffer_get_start_iter (self->buffer, &start);
  self->start = gtk_text_buffer_create_mark (self->buffer, NULL, &start, TRUE);
  self->end = gtk_text_buffer_create_mark (self->buffer, NULL, &start, FALSE);
  self->word_start = gtk_text_buffer_create_mark (self->buffer, NULL, &start, TRUE);
  self->tag = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (self->buffer), "misspelt");
  g_object_set_data (G_OBJECT (self->buffer), "spell", self);
  g_signal_connect_after (self->buffer, "insert-text", G_CALLBACK (on_inserted), self);
  g_signal_connect_after (self->buffer, "delete-range", G_CALLBACK (on_deleted), self);
  g_signal_connect_after (self->buffer, "mark-set", G_CALLBACK (on_mark_set), self);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (editor), GTK_EVENT_CONTROLLER (click));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (editor), keys);
  gtk_text_view_set_extra_menu (GTK_TEXT_VIEW (editor), G_MENU_MODEL (self->menu));
  g_action_map_add_action_entries (G_ACTION_MAP (ui_editor_get_actions (editor)), entries,
                                   G_N_ELEMENTS (entries), self);
  return self;
}

void
ui_editor_spell_free (UiEditorSpell *self)
{
  if (self->words != NULL)
    g_signal_handlers_disconnect_by_data (self->words, self);
  g_clear_object (&self->words);
  g_clear_handle_id (&self->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->buffer, self);
  g_object_set_data (G_OBJECT (self->buffer), "spell", NULL);
  g_object_unref (self->buffer);
  g_object_unref (self->menu);
  g_object_unref (self->language_menu);
  g_free (self->languages);
  g_free (self->sample);
  g_ptr_array_unref (self->unknown);
  g_free (self->word);
  g_free (self);
}
