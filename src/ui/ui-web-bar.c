/* Says what an HTML message would like to fetch, and asks.  Main thread.  That images of a sender are always shown is offered only where
 * the sender is genuine: anybody can write any address. */
#include "ui-web-bar.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-choices.h"
#include "mail-truth.h"
#include "ui-flow.h"

struct _UiWebBar
{
  AdwBin parent_instance;

  /* Owned */
  MailEngine *engine;
  MailContent *content;

  /* Borrowed, of our tree */
  GtkWidget *images, *show, *more;
  GtkLabel *sentence, *tracker_list;
  GtkMenuButton *trackers;
};

G_DEFINE_FINAL_TYPE (UiWebBar, ui_web_bar, ADW_TYPE_BIN)

enum
{
  SHOW_IMAGES,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* ---- always ---- */

static const char *
get_address (UiWebBar *self)
{
  GPtrArray *from = self->content ? mail_content_get_from (self->content) : NULL;
  const MailAddress *first = from && from->len == 1 ? from->pdata[0] : NULL;
  return first && strchr (first->address, '@') ? first->address : NULL;
}

static void
on_chosen (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiWebBar) self = data;
  g_autoptr (GError) error = NULL;
  if (!mail_choices_set_finish (MAIL_ENGINE (source), result, &error)
      && !base_error_is_cancelled (error))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.notify", "s", error->message);
}

static void
action_always (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiWebBar *self = UI_WEB_BAR (widget);
  const char *address = get_address (self);
  gboolean domain = g_str_equal (name, "images.always-domain");
  if (!address)
    return;
  mail_choices_set_async (
      self->engine, domain ? MAIL_CHOICE_IMAGES_DOMAIN : MAIL_CHOICE_IMAGES_SENDER,
      domain ? strrchr (address, '@') + 1 : address, NULL, on_chosen, g_object_ref (self));
  g_signal_emit (self, signals[SHOW_IMAGES], 0);
}

static void
on_show (UiWebBar *self)
{
  g_signal_emit (self, signals[SHOW_IMAGES], 0);
}

static void
update_menu (UiWebBar *self)
{
  const char *address = get_address (self);
  gboolean offered = address && mail_content_is_authenticated (self->content);
  gtk_widget_set_visible (self->more, offered);
  if (!offered)
    return;
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *sender = g_strdup_printf (_ ("Always from %s"), address);
  g_autofree char *domain =
      g_strdup_printf (_ ("Always from Everybody at %s"), strrchr (address, '@') + 1);
  g_menu_append (menu, sender, "images.always-sender");
  g_menu_append (menu, domain, "images.always-domain");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->more), G_MENU_MODEL (menu));
}

/* ---- trackers ---- */

static char *
list_trackers (GPtrArray *trackers)
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GList) hosts = NULL;
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < trackers->len; i++) {
    g_autoptr (GUri) uri = g_uri_parse (trackers->pdata[i], G_URI_FLAGS_PARSE_RELAXED, NULL);
    char *host = g_strdup (uri && g_uri_get_host (uri) ? g_uri_get_host (uri) : trackers->pdata[i]);
    guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, host));
    g_hash_table_insert (counts, host, GUINT_TO_POINTER (count + 1));
  }
  hosts = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc)strcmp);
  for (GList *l = hosts; l; l = l->next) {
    guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, l->data));
    g_string_append_printf (out, "%s%s", out->len > 0 ? "\n" : "", (char *)l->data);
    if (count > 1)
      g_string_append_printf (out, " × %'u", count);
  }
  return g_string_free (out, FALSE);
}

static void
update_trackers (UiWebBar *self, GPtrArray *trackers)
{
  guint n = trackers ? trackers->len : 0;
  gtk_widget_set_visible (GTK_WIDGET (self->trackers), n > 0);
  if (n == 0)
    return;
  g_autofree char *label =
      g_strdup_printf (ngettext ("%'u tracker stopped", "%'u trackers stopped", n), n);
  g_autofree char *hosts = list_trackers (trackers);
  gtk_menu_button_set_label (self->trackers, label);
  gtk_label_set_text (self->tracker_list, hosts);
}

/* ---- public ---- */

void
ui_web_bar_set_engine (UiWebBar *self, MailEngine *engine)
{
  g_set_object (&self->engine, engine);
}

void
ui_web_bar_set_content (UiWebBar *self, MailContent *content, gboolean shown)
{
  g_set_object (&self->content, content);
  GPtrArray *trackers = content ? mail_content_get_trackers (content) : NULL;
  gboolean asks = content && !shown && mail_content_get_blocked (content) > 0;
  gtk_widget_set_visible (self->images, asks);
  if (asks)
    update_menu (self);
  update_trackers (self, trackers);
  gtk_widget_set_visible (GTK_WIDGET (self), asks || (trackers && trackers->len > 0));
}

/* ---- class ---- */

static void
ui_web_bar_dispose (GObject *object)
{
  UiWebBar *self = UI_WEB_BAR (object);
  g_clear_object (&self->content);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_web_bar_parent_class)->dispose (object);
}

static void
ui_web_bar_class_init (UiWebBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_web_bar_dispose;
  signals[SHOW_IMAGES] = g_signal_new ("show-images", UI_TYPE_WEB_BAR, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "images.always-sender", NULL,
                                   action_always);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "images.always-domain", NULL,
                                   action_always);
}

static GtkLabel *
create_label (const char *text)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (text));
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_xalign (label, 0);
  return label;
}

static void
ui_web_bar_init (UiWebBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *popover = gtk_popover_new (), *details = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->images = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->sentence = create_label (_ (
      "Remote images are not shown, so that the sender does not learn that you opened this message."));
  gtk_widget_set_hexpand (GTK_WIDGET (self->sentence), TRUE);
  /* The buttons stand beneath where the window is narrow. */
  gtk_widget_set_layout_manager (self->images, ui_flow_new (6, 6));
  gtk_label_set_width_chars (self->sentence, UI_FLOW_WORDS);
  self->show = gtk_button_new_with_label (_ ("Show Images"));
  gtk_widget_set_valign (self->show, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->show, "clicked", G_CALLBACK (on_show), self);
  self->more = gtk_menu_button_new ();
  gtk_widget_set_valign (self->more, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->more, _ ("Always Show Images"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Always Show Images"), -1);
  gtk_box_append (GTK_BOX (self->images), GTK_WIDGET (self->sentence));
  gtk_box_append (GTK_BOX (self->images), self->show);
  gtk_box_append (GTK_BOX (self->images), self->more);

  self->trackers = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_widget_set_halign (GTK_WIDGET (self->trackers), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->trackers), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (self->trackers), "trackers");
  GtkLabel *why = create_label (_ (
      "Invisible images in this message would have told these that you opened it. They are never loaded."));
  gtk_label_set_max_width_chars (why, 40);
  self->tracker_list = create_label (NULL);
  gtk_label_set_selectable (self->tracker_list, TRUE);
  gtk_box_append (GTK_BOX (details), GTK_WIDGET (why));
  gtk_box_append (GTK_BOX (details), GTK_WIDGET (self->tracker_list));
  gtk_popover_set_child (GTK_POPOVER (popover), details);
  gtk_menu_button_set_popover (self->trackers, popover);

  gtk_box_append (GTK_BOX (box), self->images);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->trackers));
  gtk_widget_add_css_class (box, "bar");
  gtk_widget_add_css_class (box, "information");
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
