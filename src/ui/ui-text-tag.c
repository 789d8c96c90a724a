/* A text tag whose colour can be asked for.  Main thread. */
#include "ui-text-tag.h"

struct _UiTextTag
{
  GtkTextTag parent_instance;
};

G_DEFINE_FINAL_TYPE (UiTextTag, ui_text_tag, GTK_TYPE_TEXT_TAG)

enum
{
  PROP_0,
  PROP_FOREGROUND
};

static void
ui_text_tag_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GdkRGBA *colour = NULL;
  switch (id) {
  case PROP_FOREGROUND:
    g_object_get (object, "foreground-rgba", &colour, NULL);
    g_value_take_boxed (value, colour);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ui_text_tag_class_init (UiTextTagClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = ui_text_tag_get_property;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_FOREGROUND,
                                   g_param_spec_boxed ("foreground", NULL, NULL, GDK_TYPE_RGBA,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
ui_text_tag_init (UiTextTag *self)
{
}

GtkTextTag *
ui_text_tag_new (const char *name)
{
  return g_object_new (UI_TYPE_TEXT_TAG, "name", name, NULL);
}

GtkTextTag *
ui_text_tag_create (GtkTextBuffer *buffer)
{
  g_autoptr (GtkTextTag) tag = ui_text_tag_new (NULL);
  gtk_text_tag_table_add (gtk_text_buffer_get_tag_table (buffer), tag);
  return tag;
}

void
ui_text_tag_set_colour (GtkTextTag *tag, const char *colour)
{
  GdkRGBA rgba;
  if (gdk_rgba_parse (&rgba, colour))
    g_object_set (tag, "foreground-rgba", &rgba, NULL);
}
