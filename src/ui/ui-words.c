/* Looks at each widget as it is realized.  Main thread; must never change what a label or a tooltip says, only where its lines end
 * and from which side they are read. */
#include "ui-words.h"

#include <adwaita.h>
#include <string.h>

#include "ui-direction.h"

#define KEY "ui-words"
/* A longer run is no word, and has to be broken somewhere. */
#define MAX_WORD 16
/* Of a tooltip; what is wide counts twice. */
#define MAX_COLUMNS 60

static gboolean
is_korean (gunichar c)
{
  return (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x1100 && c <= 0x11FF);
}

gboolean
ui_words_next (const char **at, const char *end, guint limit, const char **begin)
{
  const char *c = *at;

  while (c < end) {
    gboolean korean = FALSE;
    guint n = 0;

    for (*begin = c; c < end && !g_unichar_isspace (g_utf8_get_char (c));
         c = g_utf8_next_char (c), n++)
      korean |= is_korean (g_utf8_get_char (c));
    *at = c;
    if (korean && n <= limit)
      return TRUE;
    if (c < end)
      c = g_utf8_next_char (c);
  }
  return FALSE;
}

void
ui_words_keep (GtkTextBuffer *buffer, GtkTextTag *tag, int start, const char *text, gsize length,
               guint limit)
{
  const char *at = text, *begin, *counted = text;
  int offset = start;

  /* By characters: what is one line of the text may be several of the buffer, which ends lines at U+2029 too. */
  while (ui_words_next (&at, text + length, limit, &begin)) {
    GtkTextIter first, last;

    offset += (int)g_utf8_strlen (counted, begin - counted);
    counted = begin;
    gtk_text_buffer_get_iter_at_offset (buffer, &first, offset);
    last = first;
    gtk_text_iter_forward_chars (&last, (int)g_utf8_strlen (begin, at - begin));
    gtk_text_buffer_apply_tag (buffer, tag, &first, &last);
  }
}

/* Takes `attribute`; *list NULL: there is none yet. */
static void
add_attribute (PangoAttrList **list, PangoAttribute *attribute, gsize begin, gsize end)
{
  attribute->start_index = (guint)begin;
  attribute->end_index = (guint)end;
  if (*list == NULL)
    *list = pango_attr_list_new ();
  pango_attr_list_insert (*list, attribute);
}

static void
keep_korean (const char *text, PangoAttrList **list)
{
  const char *at = text, *begin;

  while (ui_words_next (&at, text + strlen (text), MAX_WORD, &begin))
    add_attribute (list, pango_attr_allow_breaks_new (FALSE), (gsize)(begin - text),
                   (gsize)(at - text));
}

/* Addresses, names of servers and files, numbers: a hyphen that Pango puts where it breaks one would be read as a part of it. */
static void
keep_names (const char *text, PangoAttrList **list)
{
  for (const char *begin = text, *end; *begin != '\0'; begin = end) {
    begin += strspn (begin, " \n\t");
    end = begin + strcspn (begin, " \n\t");
    /* A full stop behind a word makes no name of it. */
    if (strcspn (begin, "@./:_=&\\0123456789") + 1 < (gsize)(end - begin))
      add_attribute (list, pango_attr_insert_hyphens_new (FALSE), (gsize)(begin - text),
                     (gsize)(end - text));
  }
}

void
ui_words_keep_in (GtkLabel *label, gboolean keep)
{
  const char *text = gtk_label_get_text (label);
  PangoAttrList *list = NULL;

  if (keep)
    keep_korean (text, &list);
  keep_names (text, &list);
  gtk_label_set_attributes (label, list);
  g_clear_pointer (&list, pango_attr_list_unref);
}

static void
keep_words (GtkLabel *label)
{
  ui_words_keep_in (label, TRUE);
}

/* ---- from right to left ---- */

/* Of what can be selected the addresses are copied as they are written. */
static void
keep_direction (GtkLabel *label)
{
  gboolean plain = !gtk_label_get_selectable (label) && !gtk_label_get_use_markup (label)
                   && !gtk_label_get_use_underline (label);
  g_autofree char *marked =
      ui_direction_mark (gtk_label_get_text (label), plain ? NULL : gtk_label_get_label (label));

  if (marked != NULL)
    gtk_label_set_label (label, marked);
}

/* ---- tooltips ---- */

static gboolean
is_long (const char *text)
{
  guint columns = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    columns = c == '\n' ? 0 : columns + (g_unichar_iswide (c) ? 2 : 1);
    if (columns > MAX_COLUMNS)
      return TRUE;
  }
  return FALSE;
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
                  gpointer data)
{
  const char *text = gtk_widget_get_tooltip_text (widget);
  GtkLabel *label = g_object_get_data (G_OBJECT (widget), KEY);

  if (text == NULL)
    return FALSE;
  if (label == NULL) { /* few of the many are ever asked for */
    label = g_object_ref_sink (GTK_LABEL (gtk_label_new (NULL)));
    g_object_set_data_full (G_OBJECT (widget), KEY, label, g_object_unref);
  }
  gtk_label_set_text (label, text);
  gtk_label_set_wrap (label, is_long (text));
  gtk_label_set_max_width_chars (label, is_long (text) ? MAX_COLUMNS : -1);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    keep_direction (label);
  keep_words (label);
  gtk_tooltip_set_custom (tooltip, GTK_WIDGET (label));
  return TRUE;
}

/* ---- all widgets ---- */

static void
tend_label (GtkLabel *label)
{
  if (gtk_widget_get_direction (GTK_WIDGET (label)) == GTK_TEXT_DIR_RTL) {
    keep_direction (label);
    g_signal_connect (label, "notify::label", G_CALLBACK (keep_direction), NULL);
  }
  if (!gtk_label_get_wrap (label))
    return;
  /* With attributes of its own it is not for running text. */
  if (gtk_label_get_attributes (label) != NULL)
    return;
  keep_words (label);
  g_signal_connect (label, "notify::label", G_CALLBACK (keep_words), NULL);
}

/* Whether it has a tooltip may change later. */
static void
on_has_tooltip (GtkWidget *widget)
{
  if (!gtk_widget_get_has_tooltip (widget))
    return;
  g_signal_handlers_disconnect_by_func (widget, on_has_tooltip, NULL);
  g_signal_connect (widget, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
}

/* Which libadwaita cuts where there is no room. */
static gboolean
is_title_of_group (GtkWidget *widget)
{
  return GTK_IS_LABEL (widget) && gtk_widget_has_css_class (widget, "heading")
         && gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP) != NULL
         && gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX) == NULL;
}

void
ui_words_wrap_button (GtkWidget *button)
{
  GtkWidget *label = gtk_button_get_child (GTK_BUTTON (button));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
}

static gboolean
on_realize (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  static GQuark seen;
  GtkWidget *widget = g_value_get_object (&values[0]);

  if (seen == 0)
    seen = g_quark_from_static_string ("ui-words-seen");
  if (g_object_get_qdata (G_OBJECT (widget), seen) != NULL)
    return TRUE;
  g_object_set_qdata (G_OBJECT (widget), seen, widget);
  if (GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, "pill")
      && GTK_IS_LABEL (gtk_button_get_child (GTK_BUTTON (widget))))
    ui_words_wrap_button (widget);
  if (is_title_of_group (widget)) {
    gtk_label_set_ellipsize (GTK_LABEL (widget), PANGO_ELLIPSIZE_NONE);
    gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (widget), PANGO_WRAP_WORD_CHAR);
  }
  if (GTK_IS_LABEL (widget))
    tend_label (GTK_LABEL (widget));
  if (!gtk_widget_get_has_tooltip (widget))
    g_signal_connect (widget, "notify::has-tooltip", G_CALLBACK (on_has_tooltip), NULL);
  else
    on_has_tooltip (widget);
  return TRUE;
}

void
ui_words_install (void)
{
  /* Its signals are there with the class. */
  g_type_class_unref (g_type_class_ref (GTK_TYPE_WIDGET));
  g_signal_add_emission_hook (g_signal_lookup ("realize", GTK_TYPE_WIDGET), 0, on_realize, NULL,
                              NULL);
}
