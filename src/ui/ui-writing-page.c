/* How messages are sent, and what is asked before that.  Main thread; each row is one key of the settings. */
#include "ui-writing-page.h"

#include <glib/gi18n.h>

#include "ui-templates.h"

static AdwPreferencesGroup *
add_group (GtkWidget *page, const char *title)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, title);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), group);
  return group;
}

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle, GtkWidget *widget)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), widget);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), widget);
  adw_preferences_group_add (group, row);
}

static void
add_switch (AdwPreferencesGroup *group, GSettings *settings, const char *key, const char *title,
            const char *subtitle)
{
  GtkWidget *widget = gtk_switch_new ();

  g_settings_bind (settings, key, widget, "active", G_SETTINGS_BIND_DEFAULT);
  add_row (group, title, subtitle, widget);
}

static void
on_templates (MailEngine *engine, GtkWidget *row)
{
  ui_templates_open (GTK_WINDOW (gtk_widget_get_root (row)), engine, NULL, NULL, NULL);
}

static void
add_templates (AdwPreferencesGroup *group, MailEngine *engine)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Templates"));
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (row), _ ("Texts that you write again and again, and abbreviations of them"));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_signal_connect_object (row, "activated", G_CALLBACK (on_templates), engine, G_CONNECT_SWAPPED);
  adw_preferences_group_add (group, row);
}

GtkWidget *
ui_writing_page_new (MailEngine *engine, GSettings *settings)
{
  GtkWidget *page = adw_preferences_page_new (), *seconds;
  AdwPreferencesGroup *group;

  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (page), _ ("Writing"));
  adw_preferences_page_set_name (ADW_PREFERENCES_PAGE (page), "writing");
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (page), "document-edit-symbolic");

  group = add_group (page, C_ ("preferences", "Sending"));
  seconds = gtk_spin_button_new_with_range (0, 30, 1);
  g_settings_bind (settings, "undo-send-seconds", seconds, "value", G_SETTINGS_BIND_DEFAULT);
  add_row (group, _ ("Seconds to Undo Sending"),
           _ ("Messages are held back for this long. With 0 they leave at once."), seconds);
  add_switch (group, settings, "names-for-old-programs", _ ("File Names for Old Programs"),
              _ ("Names of attachments that are not English are written a second time, in a way "
                 "that no standard allows but old mail programs need"));

  group = add_group (page, _ ("Ask Before Sending"));
  add_switch (group, settings, "ask-no-subject", _ ("Without a Subject"), NULL);
  add_switch (group, settings, "ask-no-text", _ ("Without Text"), NULL);
  add_switch (group, settings, "ask-no-attachment", _ ("A Forgotten Attachment"),
              _ ("When the text speaks of an attachment and there is none"));
  add_switch (
      group, settings, "ask-odd-domain", _ ("A Slip in a Domain"),
      _ ("When an address looks like one of a domain that you know, but is of another one"));
  add_switch (group, settings, "ask-many-visible", _ ("Many Visible Recipients"),
              _ ("When more than 20 see each other's addresses"));
  add_switch (group, settings, "ask-was-hidden", _ ("An Answer That Shows a Bcc"),
              _ ("When you answer to all and the message came to you by Bcc"));

  add_switch (group, settings, "ask-placeholder", _ ("A Placeholder Left Over"),
              _ ("When something in braces of a template was not filled in"));

  group = add_group (page, _ ("Text"));
  add_switch (group, settings, "answer-below", _ ("Answer Below the Conversation"),
              _ ("Otherwise answers are written in windows of their own"));
  add_switch (group, settings, "write-below-quote", _ ("Write Below the Quote"),
              _ ("Answers begin with what they quote. Otherwise it follows what you write."));
  add_switch (group, settings, "write-rich", _ ("Write With Formatting"),
              _ ("New messages and answers to messages with formatting begin as rich text"));
  add_switch (group, settings, "check-spelling", _ ("Check Spelling"),
              _ ("Words that no dictionary knows are underlined"));
  add_templates (group, engine);
  return page;
}
