/* Looks for a fixed-width font by measuring.  Main thread.
 *
 * Fontconfig knows which fixed-width fonts a language has, but Pango asks it for each script alone: Latin letters come from one font and Korean ones
 * from another, three to five.  And of the fonts that should fit, some do not: Noto Sans Mono CJK draws Hangul at 92 % of its width. */
#include "ui-text-font.h"

#include <stdlib.h>

#define FONTS_MAX 8 /* that are looked at: behind them come those that have any letter at all */

typedef struct
{
  PangoLayout *layout;
  PangoFontDescription *description;
  const char *letter;
  char *family;
  guint looked;
} Search;

static int
measure (PangoLayout *layout, const char *text)
{
  int width;
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_size (layout, &width, NULL);
  return width;
}

static gboolean
fits (int wide, int narrow)
{
  return wide > 0 && abs (wide - 2 * narrow) * 4 < wide;
}

static gboolean
on_font (PangoFontset *set, PangoFont *font, gpointer data)
{
  Search *search = data;
  if (!pango_font_has_char (font, g_utf8_get_char (search->letter)))
    return ++search->looked >= FONTS_MAX;
  g_autoptr (PangoFontDescription) found = pango_font_describe (font);
  const char *family = pango_font_description_get_family (found);
  pango_font_description_set_family (search->description, family);
  pango_layout_set_font_description (search->layout, search->description);
  if (pango_font_has_char (font, 'a')
      && fits (measure (search->layout, search->letter), measure (search->layout, "a"))
      && measure (search->layout, "i") == measure (search->layout, "M"))
    search->family = g_strdup (family);
  return search->family || ++search->looked >= FONTS_MAX;
}

void
ui_text_font_find (GtkWidget *widget, const char *language, char **family, int *spacing)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  g_autoptr (PangoLayout) layout = pango_layout_new (context);
  g_autoptr (PangoFontDescription) description =
      pango_font_description_copy (pango_context_get_font_description (context));
  Search search = { layout, description,
                    g_str_equal (language, "ko")   ? "가"
                    : g_str_equal (language, "ja") ? "あ"
                                                   : "中",
                    NULL, 0 };

  pango_font_description_set_family (description, "monospace");
  PangoFontset *set =
      pango_context_load_fontset (context, description, pango_language_from_string (language));
  pango_fontset_foreach (set, on_font, &search);
  g_object_unref (set);
  pango_font_description_set_family (description, search.family ? search.family : "monospace");
  pango_layout_set_font_description (layout, description);
  int lacking = 2 * measure (layout, "a") - measure (layout, search.letter);
  *spacing = MAX (lacking, 0);
  *family = search.family;
}
