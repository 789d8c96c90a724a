/* Whose images are always shown, and how that is undone; what is taken out of links.  Main thread; the choices are read from the
 * store when the page is made and after each change. */
#include "ui-privacy-page.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-choices.h"
#include "ui-toast.h"

struct _UiPrivacyPage
{
  AdwPreferencesPage parent_instance;

  /* Owned */
  MailEngine *engine;
  GCancellable *cancellable;

  /* Borrowed, of our tree */
  GtkListBox *list;
  GtkStack *stack;
  AdwActionRow *tracking;
  GtkSwitch *strip;
};

G_DEFINE_FINAL_TYPE (UiPrivacyPage, ui_privacy_page, ADW_TYPE_PREFERENCES_PAGE)

static void read_choices (UiPrivacyPage *self);

static void
say (UiPrivacyPage *self, AdwToast *toast)
{
  GtkWidget *window = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_WINDOW);
  if (window)
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), toast);
  else
    g_object_unref (g_object_ref_sink (toast));
}

/* ---- removing, and undoing that ---- */

typedef struct
{
  UiPrivacyPage *page; /* owned */
  MailChoiceKind kind;
  char *subject;
} Removal;

static Removal *
removal_new (UiPrivacyPage *page, MailChoiceKind kind, const char *subject)
{
  Removal *removal = g_new0 (Removal, 1);
  removal->page = g_object_ref (page);
  removal->kind = kind;
  removal->subject = g_strdup (subject);
  return removal;
}

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->page);
  g_free (removal->subject);
  g_free (removal);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
on_restored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPrivacyPage) self = data;
  g_autoptr (GError) error = NULL;
  if (mail_choices_set_finish (MAIL_ENGINE (source), result, &error))
    read_choices (self);
  else if (!base_error_is_cancelled (error))
    say (self, ui_toast_new (error->message));
}

static void
on_undo (AdwToast *toast, Removal *removal)
{
  mail_choices_set_async (removal->page->engine, removal->kind, removal->subject, NULL, on_restored,
                          g_object_ref (removal->page));
}

static void
free_removal (gpointer data, GClosure *closure)
{
  removal_free (data);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Removal) removal = data;
  g_autoptr (GError) error = NULL;
  UiPrivacyPage *self = removal->page;
  if (!mail_choices_remove_finish (MAIL_ENGINE (source), result, &error)) {
    if (!base_error_is_cancelled (error))
      say (self, ui_toast_new (error->message));
    return;
  }
  read_choices (self);
  g_autofree char *sentence =
      g_strdup_printf (_ ("Images from %s are no longer shown by themselves"), removal->subject);
  AdwToast *toast = ui_toast_new (sentence);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (on_undo), g_steal_pointer (&removal),
                         free_removal, 0);
  say (self, toast);
}

static void
on_remove (GtkButton *button, Removal *removal)
{
  mail_choices_remove_async (removal->page->engine, removal->kind, removal->subject, on_removed,
                             removal_new (removal->page, removal->kind, removal->subject));
}

/* A closure of a row in the page must not keep the page. */
static void
free_row_removal (gpointer data, GClosure *closure)
{
  Removal *removal = data;
  g_free (removal->subject);
  g_free (removal);
}

/* ---- the list ---- */

static void
add_row (UiPrivacyPage *self, const MailChoice *choice)
{
  gboolean domain = choice->kind == MAIL_CHOICE_IMAGES_DOMAIN;
  g_autofree char *label =
      g_strdup_printf (_ ("Do not show images from %s by themselves any more"), choice->subject);
  GtkWidget *row = adw_action_row_new (),
            *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  Removal *removal = g_new0 (Removal, 1);

  removal->page = self;
  removal->kind = choice->kind;
  removal->subject = g_strdup (choice->subject);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), choice->subject);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               domain ? _ ("Everybody at this domain") : _ ("This sender"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_remove), removal, free_row_removal, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (self->list, row);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiPrivacyPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) choices = mail_choices_list_finish (MAIL_ENGINE (source), result, &error);
  if (!choices) {
    if (!base_error_is_cancelled (error))
      say (self, ui_toast_new (error->message));
    return;
  }
  for (guint i = 0; i < choices->len; i++)
    add_row (self, choices->pdata[i]);
  if (choices->len > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
read_choices (UiPrivacyPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL, *row;
  /* The button that was pressed goes with its row; where nothing has the focus no key does anything, Escape included. */
  if (focus && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list)))
    gtk_widget_grab_focus (GTK_WIDGET (self->strip));
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))))
    gtk_list_box_remove (self->list, row);
  gtk_stack_set_visible_child_name (self->stack, "empty");
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  mail_choices_list_async (self->engine, MAIL_CHOICE_IMAGES_DOMAIN, self->cancellable, on_listed,
                           g_object_ref (self));
  mail_choices_list_async (self->engine, MAIL_CHOICE_IMAGES_SENDER, self->cancellable, on_listed,
                           g_object_ref (self));
}

/* ---- the object ---- */

static void
ui_privacy_page_dispose (GObject *object)
{
  UiPrivacyPage *self = UI_PRIVACY_PAGE (object);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (ui_privacy_page_parent_class)->dispose (object);
}

static void
ui_privacy_page_class_init (UiPrivacyPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ui_privacy_page_dispose;
}

static AdwPreferencesGroup *
add_group (UiPrivacyPage *self, const char *title, const char *description)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (group, title);
  adw_preferences_group_set_description (group, description);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), group);
  return group;
}

static void
ui_privacy_page_init (UiPrivacyPage *self)
{
  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (self), _ ("Privacy"));
  adw_preferences_page_set_name (ADW_PREFERENCES_PAGE (self), "privacy");
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (self), "channel-secure-symbolic");

  AdwPreferencesGroup *links = add_group (self, _ ("Links"), NULL);
  self->tracking = ADW_ACTION_ROW (adw_action_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->tracking),
                                 _ ("Open links without tracking"));
  adw_action_row_set_subtitle (
      self->tracking, _ ("What only serves to follow people from page to page is taken out."));
  self->strip = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->strip), GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (self->tracking, GTK_WIDGET (self->strip));
  adw_action_row_set_activatable_widget (self->tracking, GTK_WIDGET (self->strip));
  adw_preferences_group_add (links, GTK_WIDGET (self->tracking));

  AdwPreferencesGroup *images = add_group (
      self, _ ("Remote Images"),
      _ ("Images of these are shown without asking, where it is certain that a message is from them."));
  GtkWidget *empty = gtk_label_new (_ ("There is nobody whose images are always shown."));
  gtk_widget_set_margin_top (empty, 12);
  gtk_label_set_wrap (GTK_LABEL (empty), TRUE);
  gtk_widget_add_css_class (empty, "dim-label");
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_set_valign (GTK_WIDGET (self->list), GTK_ALIGN_START);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Images are always shown"), -1);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->list), "list");
  adw_preferences_group_add (images, GTK_WIDGET (self->stack));
}

GtkWidget *
ui_privacy_page_new (MailEngine *engine, GSettings *settings)
{
  UiPrivacyPage *self = g_object_new (UI_TYPE_PRIVACY_PAGE, NULL);
  self->engine = g_object_ref (engine);
  g_settings_bind (settings, "strip-tracking", self->strip, "active", G_SETTINGS_BIND_DEFAULT);
  read_choices (self);
  return GTK_WIDGET (self);
}
