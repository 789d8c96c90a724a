/* To whom a message is sent on as it is: one question.  Main thread; what is sent is the draft's own affair. */
#include "ui-redirect.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui-composer.h"
#include "ui-dialog.h"

typedef struct
{
  GtkWindow *parent;   /* weak */
  GtkApplication *app; /* weak */
  MailDraft *draft;    /* owned */
  guint hold;          /* seconds in which it can be taken back */
  char *typed;
  char *answer;             /* given while it was being kept */
  gboolean asking;          /* the question is there still */
  gboolean kept;            /* it comes back by itself */
  UiRedirectFunc when_kept; /* with what it is given */
  gpointer keeper;
} Redirect;

/* Those that are asked, of Redirect; borrowed. */
static GPtrArray *
get_all (GtkApplication *app)
{
  GPtrArray *all = g_object_get_data (G_OBJECT (app), "redirects");

  if (all == NULL) {
    all = g_ptr_array_new ();
    g_object_set_data_full (G_OBJECT (app), "redirects", all, (GDestroyNotify)g_ptr_array_unref);
  }
  return all;
}

static void
redirect_free (Redirect *self)
{
  if (self->app != NULL)
    g_ptr_array_remove (get_all (self->app), self);
  g_free (self->typed);
  g_free (self->answer);
  g_clear_weak_pointer (&self->parent);
  g_clear_weak_pointer (&self->app);
  g_clear_object (&self->draft);
  g_free (self);
}

static char *
check (const char *text, gpointer data)
{
  Redirect *self = data;
  g_autofree char *wrong = NULL;

  g_free (self->typed);
  self->typed = g_strdup (text);
  if (!mail_address_list_check (text, &wrong))
    return g_strdup_printf (
        _ ("“%s” is not an e-mail address. It has to look like name@example.org."), wrong);
  /* Nobody yet */
  return text[strspn (text, " ,;\t")] == '\0' ? g_strdup ("") : NULL;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Redirect *self = data;
  g_autoptr (GError) error = NULL;

  if (!mail_draft_send_finish (self->draft, result, &error))
    ui_dialog_error (self->parent, _ ("The message could not be redirected."), error);
  else if (self->app != NULL && self->hold > 0)
    ui_composer_offer_back (self->app, _ ("The message is being redirected."),
                            mail_draft_get_id (self->draft), self->hold);
  else if (self->parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self->parent), "win.notify", "s",
                                _ ("The message is being redirected."));
  redirect_free (self);
}

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer data)
{
  redirect_free (data);
}

/* NULL: it is not redirected. */
static void
act_on (Redirect *self, const char *text)
{
  if (text != NULL) {
    mail_draft_set_recipients (self->draft, text, NULL, NULL);
    mail_draft_set_hold (self->draft, self->hold);
    mail_draft_send_async (self->draft, NULL, on_sent, self);
  } else if (mail_draft_is_empty (self->draft)) {
    mail_draft_discard_async (self->draft, NULL, on_dropped, self);
  } else {
    mail_draft_save_async (self->draft, FALSE, NULL, on_dropped, self);
  }
}

static void
on_answer (const char *text, gpointer data)
{
  Redirect *self = data;

  self->asking = FALSE;
  if (self->when_kept != NULL)
    self->answer = g_strdup (text); /* on_kept () goes on */
  else if (self->kept && text == NULL)
    redirect_free (self);
  else
    act_on (self, text);
}

void
ui_redirect_ask (GtkWindow *parent, MailDraft *draft)
{
  Redirect *self = g_new0 (Redirect, 1);

  g_set_weak_pointer (&self->parent, parent);
  if (parent != NULL)
    g_set_weak_pointer (&self->app, gtk_window_get_application (parent));
  self->hold = ui_composer_get_undo_seconds (self->app);
  self->draft = g_object_ref (draft);
  self->asking = TRUE;
  if (self->app != NULL)
    g_ptr_array_add (get_all (self->app), self);
  ui_dialog_ask_text (parent, _ ("Redirect Message"),
                      _ ("The message is sent on as it is. Replies go to the original sender."),
                      _ ("To"), mail_draft_get_to (draft), _ ("_Redirect"), check, on_answer, self);
}

/* ---- quitting ---- */

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  Redirect *self = data;
  UiRedirectFunc done = g_steal_pointer (&self->when_kept);
  gpointer keeper = self->keeper;
  g_autoptr (GError) error = NULL;
  gboolean kept = mail_draft_save_finish (self->draft, result, &error);

  self->kept = kept;
  if (!kept)
    ui_dialog_error (self->parent, _ ("The address could not be saved, so the question stays."),
                     error);
  if (!self->asking && kept && self->answer == NULL)
    redirect_free (self);
  else if (!self->asking)
    act_on (self, self->answer);
  done (kept, keeper);
}

gboolean
ui_redirect_keep (GtkApplication *app, UiRedirectFunc done, gpointer data)
{
  GPtrArray *all = get_all (app);

  for (guint i = 0; i < all->len; i++) {
    Redirect *self = all->pdata[i];

    if (!self->asking || self->kept || self->when_kept != NULL || self->typed == NULL
        || self->typed[strspn (self->typed, " ,;\t")] == '\0')
      continue;
    self->when_kept = done;
    self->keeper = data;
    mail_draft_set_recipients (self->draft, self->typed, NULL, NULL);
    mail_draft_save_async (self->draft, TRUE, NULL, on_kept, self);
    return TRUE;
  }
  return FALSE;
}
