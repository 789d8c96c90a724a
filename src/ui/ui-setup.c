/* The wizard: welcome -> looking -> review -> signing in -> saved, and where things go wrong. Main
 * thread; all work is the mail layer's, can be cancelled and dies with the window. Nothing is
 * saved before both servers took the sign-in; nothing typed is ever lost, but for a password that was
 * for somebody else. */
#include "ui-setup.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "mail-sign-in.h"
#include "ui-dialog.h"
#include "ui-identity-form.h"
#include "ui-names.h"
#include "ui-setup-browser.h"
#include "ui-setup-desktop.h"
#include "ui-setup-form.h"
#include "ui-setup-found.h"
#include "ui-setup-strangers.h"
#include "ui-trust-dialog.h"
#include "ui-words.h"

typedef enum
{
  PAGE_WELCOME,
  PAGE_LOOKING,
  PAGE_BROWSER,
  PAGE_REVIEW,
  PAGE_DONE,
} Page;

struct _UiSetup
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  GCancellable *cancellable; /* of what is under way; NULL: nothing */
  BaseAccount *before;       /* nullable: as it was when the window was opened to change it */
  BaseAccount *verified;     /* being saved */
  char *tried;   /* the id of an account for which servers were asked; NULL: it is one now */
  char *granted; /* nullable: id of the account that the browser was asked for */

  const char *less; /* static: the protocol whose server proves less than before */
  gboolean edit, had_token;
  gboolean saving; /* the window stays until it is known how that went */
  gboolean gone;   /* it was destroyed all the same */
  Page page;

  /* Template */
  AdwWindowTitle *title;
  GtkWidget *back;
  GtkStack *stack;
  GtkWidget *name;
  GtkWidget *address;
  GtkWidget *welcome_error;
  GtkSpinner *looking_spinner;
  UiSetupBrowser *browser;
  UiSetupDesktop *desktop;
  GtkWidget *progress;
  GtkWidget *review_text;
  UiSetupStrangers *strangers;
  UiSetupFound *found;
  GtkWidget *change;
  UiSetupForm *form;
  GtkStack *foot;
  GtkSpinner *foot_spinner;
  GtkWidget *foot_label;
  GtkWidget *foot_cancel;
  GtkWidget *sign_in;
  GtkWidget *done_button;
};

G_DEFINE_FINAL_TYPE (UiSetup, ui_setup, ADW_TYPE_WINDOW)

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

/* ---- pages ---- */

/* What a person did meanwhile in the settings of the desktop. */
static void
load_desktop (UiSetup *self)
{
  if (self->page == PAGE_WELCOME && !self->edit && self->engine != NULL)
    ui_setup_desktop_load (self->desktop, self->engine);
}

static void
on_active (UiSetup *self)
{
  if (gtk_window_is_active (GTK_WINDOW (self)))
    load_desktop (self);
}

static void
show_page (UiSetup *self, Page page)
{
  static const char *const names[] = {
    [PAGE_WELCOME] = "welcome", [PAGE_LOOKING] = "looking", [PAGE_BROWSER] = "browser",
    [PAGE_REVIEW] = "review",   [PAGE_DONE] = "done",
  };

  self->page = page;
  gtk_widget_show (gtk_stack_get_child_by_name (self->stack, names[page]));
  gtk_stack_set_visible_child_name (self->stack, names[page]);
  /* The other pages have fields of the same names, and GTK before 4.10 shows them to screen readers. */
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, names[i]), i == page);
  gtk_widget_set_visible (self->back, page == PAGE_REVIEW && !self->edit);
  gtk_spinner_set_spinning (self->looking_spinner, page == PAGE_LOOKING);
  if (page == PAGE_DONE)
    gtk_widget_grab_focus (self->done_button);
  load_desktop (self);
}

/* `sentence` NULL: nothing is under way. */
static void
set_foot (UiSetup *self, const char *sentence)
{
  gboolean busy = sentence != NULL;

  gtk_stack_set_visible_child_name (self->foot, busy ? "busy" : "idle");
  /* A field that has the keyboard must not lose it by being switched off: GTK warns. */
  if (busy)
    gtk_widget_grab_focus (self->foot_cancel);
  gtk_widget_set_sensitive (GTK_WIDGET (self->strangers), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->form), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->found), !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "setup.change", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "setup.back", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "setup.sign-in", !busy);
  gtk_spinner_set_spinning (self->foot_spinner, busy);
  gtk_label_set_text (GTK_LABEL (self->foot_label), busy ? sentence : "");
}

static GCancellable *
start_work (UiSetup *self)
{
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  return self->cancellable;
}

/* Cancelled by the person or with the window: the page is right already. */
static gboolean
end_work (UiSetup *self, const GError *error)
{
  if (base_error_is_cancelled (error))
    return FALSE;
  g_clear_object (&self->cancellable);
  return TRUE;
}

static void
cancel_work (UiSetup *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static gboolean
is_found_shown (UiSetup *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->found));
}

/* Its access tokens are ours to get. */
static gboolean
wants_browser (const BaseAccount *account)
{
  return account->desktop_account == NULL
         && (account->imap.sign_in == BASE_SIGN_IN_OAUTH
             || (base_account_can_send (account) && account->smtp.sign_in == BASE_SIGN_IN_OAUTH));
}

static gboolean
is_by_browser (UiSetup *self)
{
  g_autoptr (BaseAccount) account = NULL;

  if (is_found_shown (self))
    return ui_setup_found_is_by_browser (self->found);
  account = ui_setup_form_dup_account (self->form);
  return wants_browser (account);
}

static void
update_sign_in (UiSetup *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->foot),
                          !is_found_shown (self) || ui_setup_found_can_sign_in (self->found));
  gtk_button_set_label (GTK_BUTTON (self->sign_in), self->edit             ? _ ("Sign In and Save")
                                                    : is_by_browser (self) ? _ ("Open the Browser")
                                                                           : _ ("Sign In"));
}

/* What was found, with the password as the only thing to type; else the form with all of it. */
static void
show_found (UiSetup *self, gboolean found)
{
  gtk_widget_set_visible (GTK_WIDGET (self->found), found);
  gtk_widget_set_visible (self->change, found);
  gtk_widget_set_visible (GTK_WIDGET (self->form), !found);
  update_sign_in (self);
}

static void
review (UiSetup *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->review_text), text);
  gtk_widget_set_visible (self->review_text, *text != '\0');
  show_page (self, PAGE_REVIEW);
}

/* ---- welcome ---- */

static void
complain (UiSetup *self, GtkWidget *row, const char *sentence)
{
  gtk_label_set_text (GTK_LABEL (self->welcome_error), sentence);
  gtk_widget_show (self->welcome_error);
  gtk_widget_add_css_class (row, "error");
  gtk_widget_grab_focus (row);
}

static void
on_welcome_changed (UiSetup *self, GtkWidget *row)
{
  gtk_widget_remove_css_class (row, "error");
  gtk_widget_hide (self->welcome_error);
}

/* What the first page knows; the user name is the address until somebody says otherwise. */
static BaseAccount *
make_account (UiSetup *self)
{
  BaseAccount *account = base_account_new ();

  g_free (account->display_name);
  account->display_name = g_strstrip (g_strdup (get_text (self->name)));
  g_free (account->address);
  account->address = g_strstrip (g_strdup (get_text (self->address)));
  g_free (account->imap.user);
  account->imap.user = g_strdup (account->address);
  g_free (account->smtp.user);
  account->smtp.user = g_strdup (account->address);
  return account;
}

static void
on_progress (const char *sentence, gpointer data)
{
  UiSetup *self = data;

  if (self->cancellable != NULL)
    gtk_label_set_text (GTK_LABEL (self->progress), sentence);
}

/* A server that the person typed is theirs. */
static void
on_form_edited (UiSetup *self)
{
  g_autoptr (BaseAccount) account = ui_setup_form_dup_account (self->form);

  ui_setup_strangers_show_for (self->strangers, account);
  update_sign_in (self);
}

/* Nobody wants the account that was tried before any more. */
static void
set_tried (UiSetup *self, const char *id)
{
  if (self->tried != NULL && g_strcmp0 (self->tried, id) != 0)
    mail_engine_drop_grant (self->engine, self->tried);
  g_free (self->tried);
  self->tried = g_strdup (id);
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSetup) self = data;
  g_autoptr (BaseAccount) asked = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailDiscovery) discovery =
      mail_engine_discover_finish (MAIL_ENGINE (source), result, &error);

  if (!end_work (self, error))
    return;
  if (discovery == NULL)
    asked = make_account (self);
  else if (mail_discovery_get_problem (discovery) != NULL)
    error = g_error_copy (mail_discovery_get_problem (discovery));
  if (discovery != NULL)
    set_tried (self, mail_discovery_get_account (discovery)->id);
  ui_setup_form_clear_errors (self->form);
  ui_setup_form_set_account (
      self->form, discovery != NULL ? mail_discovery_get_account (discovery) : asked, FALSE);
  ui_setup_strangers_set (self->strangers,
                          discovery != NULL ? mail_discovery_get_strangers (discovery) : NULL);
  on_form_edited (self);
  show_found (self, error == NULL);
  if (error == NULL) {
    ui_setup_found_set (self->found, discovery);
    review (self, "");
    if (!(gtk_widget_get_visible (GTK_WIDGET (self->strangers))
          && gtk_widget_child_focus (GTK_WIDGET (self->strangers), GTK_DIR_TAB_FORWARD))
        && !ui_setup_found_take_focus (self->found))
      gtk_widget_grab_focus (self->sign_in);
  } else {
    review (self, _ ("Type the names of the servers. Your provider tells them on its help pages."));
    ui_setup_form_show_error (self->form, NULL, error, NULL);
  }
}

/* What was found is a beginning. */
static void
on_change (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetup *self = UI_SETUP (widget);

  if (self->page != PAGE_REVIEW || !is_found_shown (self))
    return;
  ui_setup_form_set_password (self->form, ui_setup_found_get_password (self->found));
  show_found (self, FALSE);
  ui_setup_form_take_focus (self->form);
}

static void
on_continue (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetup *self = UI_SETUP (widget);
  g_autoptr (BaseAccount) account = make_account (self);

  if (self->page != PAGE_WELCOME)
    return;
  if (*account->address == '\0' || !mail_address_list_check (account->address, NULL)) {
    complain (self, self->address,
              _ ("Type your e-mail address. It has to look like name@example.org."));
    return;
  }
  gtk_label_set_text (GTK_LABEL (self->progress), "");
  show_page (self, PAGE_LOOKING);
  mail_engine_discover_async (self->engine, account, on_progress, self, start_work (self),
                              on_discovered, g_object_ref (self));
}

static void
on_manual (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetup *self = UI_SETUP (widget);
  g_autoptr (BaseAccount) account = make_account (self);

  ui_setup_strangers_set (self->strangers, NULL);
  ui_setup_form_clear_errors (self->form);
  ui_setup_form_set_account (self->form, account, FALSE);
  show_found (self, FALSE);
  review (self, _ ("Type the names of the servers. Your provider tells them on its help pages."));
  ui_setup_form_take_focus (self->form);
}

/* ---- signing in ---- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSetup) self = data;
  g_autoptr (GError) error = NULL;
  gboolean session_only = FALSE;
  gboolean ok =
      mail_engine_save_account_finish (MAIL_ENGINE (source), result, &session_only, &error);

  self->saving = FALSE;
  if (self->gone) {
    if (!ok)
      base_log ("could not save the account: %s", error->message);
    return;
  }
  set_foot (self, NULL);
  /* What the browser got is the account's now. */
  if (ok) {
    g_clear_pointer (&self->granted, g_free);
    g_clear_pointer (&self->tried, g_free);
  }
  if (!ok) {
    show_found (self, FALSE);
    ui_setup_form_show_error (self->form, NULL, error, NULL);
  } else if (session_only)
    show_page (self, PAGE_DONE);
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

/* Of an account that is there already only what was changed here. */
static void
save (UiSetup *self)
{
  const char *imap_password = ui_setup_form_get_imap_password (self->form);
  const char *smtp_password = ui_setup_form_get_smtp_password (self->form);

  self->saving = TRUE;
  if (self->before != NULL)
    mail_engine_change_account_async (self->engine, self->before, self->verified, imap_password,
                                      smtp_password, NULL, on_saved, g_object_ref (self));
  else
    mail_engine_save_account_async (self->engine, self->verified, imap_password, smtp_password,
                                    NULL, on_saved, g_object_ref (self));
}

static void on_verified (GObject *source, GAsyncResult *result, gpointer data);
static void sign_in_by_browser (UiSetup *self);

static void
verify (UiSetup *self)
{
  g_autofree char *sentence = g_strdup_printf (_ ("Signing in as %s…"), self->verified->imap.user);

  set_tried (self, self->verified->id);
  gtk_widget_set_sensitive (self->foot_cancel, TRUE);
  set_foot (self, sentence);
  mail_engine_verify_async (self->engine, self->verified,
                            ui_setup_form_get_imap_password (self->form),
                            ui_setup_form_get_smtp_password (self->form), start_work (self),
                            on_verified, g_object_ref (self));
}

static void
on_less_accepted (gboolean accepted, gpointer data)
{
  g_autoptr (UiSetup) self = data;

  if (!accepted || self->gone || self->cancellable != NULL || self->saving)
    return;
  base_server_set_proof (g_strcmp0 (self->less, "smtp") == 0 ? &self->verified->smtp
                                                             : &self->verified->imap,
                         BASE_PROOF_NONE);
  verify (self);
}

/* What was taken is saved with the account, if it comes to that. */
static void
on_trust_answer (UiTrustAnswer answer, const BaseTrust *trust, gpointer data)
{
  g_autoptr (UiSetup) self = data;

  if (self->gone)
    return;
  gtk_widget_grab_focus (self->sign_in);
  /* It can be known. */
  if (answer == UI_TRUST_BACK && trust != NULL && trust->reason == BASE_TRUST_UNKNOWN_ISSUER)
    ui_setup_form_show_authority (self->form);
  if (answer != UI_TRUST_TAKEN)
    return;
  ui_setup_form_add_exception (self->form, self->verified, trust);
  verify (self);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSetup) self = data;
  g_autoptr (GError) error = NULL;
  const char *protocol = NULL;

  if (mail_engine_verify_finish (MAIL_ENGINE (source), result, &protocol, &error)) {
    if (self->cancellable == NULL || g_cancellable_is_cancelled (self->cancellable))
      return;
    /* From here on there is no way back: a half saved account helps nobody. */
    gtk_label_set_text (GTK_LABEL (self->foot_label), _ ("Saving the account…"));
    gtk_widget_set_sensitive (self->foot_cancel, FALSE);
    g_clear_object (&self->cancellable);
    save (self);
    return;
  }
  if (!end_work (self, error))
    return;
  set_foot (self, NULL);
  gboolean auth = g_error_matches (error, BASE_ERROR, BASE_ERROR_AUTH);
  if (auth && self->had_token && self->granted == NULL && wants_browser (self->verified)) {
    sign_in_by_browser (self);
    return;
  }
  if (auth && self->verified->desktop_account != NULL && !self->edit) {
    show_page (self, PAGE_WELCOME);
    gtk_label_set_text (GTK_LABEL (self->welcome_error), error->message);
    gtk_widget_show (self->welcome_error);
    return;
  }
  if (auth && is_found_shown (self)) {
    ui_setup_found_show_error (
        self->found, error,
        mail_engine_find_advice_link (self->engine, self->verified, protocol, error));
    return;
  }
  /* It is the servers that are wrong, not what was typed here. */
  if (is_found_shown (self))
    ui_setup_form_set_account (self->form, self->verified, FALSE);
  show_found (self, FALSE);
  ui_setup_form_show_error (
      self->form, protocol, error,
      mail_engine_find_advice_link (self->engine, self->verified, protocol, error));
  if (base_error_is_less_proof (error)) {
    self->less = protocol;
    ui_dialog_confirm (GTK_WINDOW (self), _ ("Sign In with Less Protection?"), error->message, NULL,
                       _ ("Sign In"), TRUE, on_less_accepted, g_object_ref (self));
  } else if (g_error_matches (error, BASE_ERROR, BASE_ERROR_TRUST)) {
    ui_trust_dialog_ask (GTK_WINDOW (self),
                         &(UiTrustQuestion){ .account = self->verified->address,
                                             .sentence = error->message,
                                             .detail = base_error_get_detail (error),
                                             .trust = base_error_get_trust (error) },
                         on_trust_answer, g_object_ref (self));
  }
}

/* ---- by the browser ---- */

/* What was got from the provider for an account that nobody wants any more. */
static void
drop_grant (UiSetup *self)
{
  if (self->granted != NULL)
    mail_engine_drop_grant (self->engine, self->granted);
  g_clear_pointer (&self->granted, g_free);
}

static void
on_show_page (const char *page, gpointer data)
{
  UiSetup *self = data;

  if (!self->gone && self->page == PAGE_BROWSER)
    ui_setup_browser_open (self->browser, page);
}

static void
on_authorized (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSetup) self = data;
  g_autoptr (GError) error = NULL;
  gboolean good = mail_engine_authorize_finish (MAIL_ENGINE (source), result, &error);

  if (!end_work (self, error) || self->gone)
    return;
  ui_setup_browser_end (self->browser);
  show_page (self, PAGE_REVIEW);
  if (good)
    verify (self);
  else if (is_found_shown (self))
    ui_setup_found_show_error (self->found, error, NULL);
  else
    ui_setup_form_show_error (self->form, NULL, error, NULL);
}

static void
sign_in_by_browser (UiSetup *self)
{
  drop_grant (self);
  self->granted = g_strdup (self->verified->id);
  show_page (self, PAGE_BROWSER);
  ui_setup_browser_begin (self->browser);
  mail_engine_authorize_async (self->engine, self->verified, on_show_page, self, start_work (self),
                               on_authorized, g_object_ref (self));
}

/* As the provider that was found has it. */
static void
set_by_browser (UiSetup *self, BaseAccount *account)
{
  account->imap.sign_in = account->smtp.sign_in = BASE_SIGN_IN_OAUTH;
  if (account->oauth == NULL)
    account->oauth = g_new0 (BaseOauth, 1);
  g_free (account->oauth->provider);
  account->oauth->provider = g_strdup (ui_setup_found_get_oauth (self->found));
}

/* ---- accounts of the desktop ---- */

static void
on_desktop_chosen (UiSetup *self, const BaseAccount *account)
{
  if (self->page != PAGE_WELCOME || self->cancellable != NULL)
    return;
  g_clear_pointer (&self->verified, base_account_free);
  self->verified = base_account_dup (account);
  ui_setup_strangers_set (self->strangers, NULL);
  ui_setup_form_set_account (self->form, account, FALSE);
  ui_setup_form_set_password (self->form, "");
  show_found (self, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->form), FALSE);
  review (self, account->address);
  verify (self);
}

static void
on_sign_in (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetup *self = UI_SETUP (widget);

  if (self->page != PAGE_REVIEW || self->cancellable != NULL || self->saving)
    return;
  gboolean found = is_found_shown (self);
  gboolean by_browser = is_by_browser (self);
  if (!ui_setup_strangers_check (self->strangers) || (found && !ui_setup_found_check (self->found)))
    return;
  if (found)
    ui_setup_form_set_password (self->form,
                                by_browser ? "" : ui_setup_found_get_password (self->found));
  if (!(found && by_browser) && !ui_setup_form_check (self->form)) {
    show_found (self, FALSE);
    return;
  }
  g_clear_pointer (&self->verified, base_account_free);
  self->verified = ui_setup_form_dup_account (self->form);
  if (found && by_browser)
    set_by_browser (self, self->verified);
  /* Each was ticked, typed by hand, or is vouched for. */
  const char *const hosts[] = { self->verified->imap.host, self->verified->smtp.host, NULL };
  mail_engine_agree_to_hosts (self->engine, hosts);
  drop_grant (self);
  /* An account that is signed in to has a token, which may do. */
  if (by_browser && !self->had_token)
    sign_in_by_browser (self);
  else
    verify (self);
}

/* ---- other verbs ---- */

static void
on_cancel (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetup *self = UI_SETUP (widget);

  if (self->cancellable == NULL)
    return;
  cancel_work (self);
  set_foot (self, NULL);
  if (self->page == PAGE_LOOKING || self->verified == NULL || self->verified->desktop_account) {
    show_page (self, PAGE_WELCOME);
    gtk_widget_grab_focus (self->address);
  } else if (self->page == PAGE_BROWSER) {
    ui_setup_browser_end (self->browser);
    show_page (self, PAGE_REVIEW);
    gtk_widget_grab_focus (self->sign_in);
  } else {
    gtk_widget_grab_focus (self->sign_in);
  }
}

static void
on_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetup *self = UI_SETUP (widget);

  switch (self->page) {
  case PAGE_REVIEW:
    if (!self->edit) {
      show_page (self, PAGE_WELCOME);
      gtk_widget_grab_focus (self->address);
    }
    break;
  case PAGE_WELCOME:
  case PAGE_LOOKING:
  case PAGE_BROWSER:
  case PAGE_DONE:
    break;
  }
}

/* Escape stops what runs, goes back, and closes only where there is nothing behind. */
static void
on_escape (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetup *self = UI_SETUP (widget);

  if (self->cancellable != NULL)
    on_cancel (widget, name, parameter);
  else if (gtk_widget_get_visible (self->back))
    gtk_widget_activate_action (widget, "setup.back", NULL);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_entry_activate (UiSetup *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "setup.continue", NULL);
}

GtkWindow *
ui_setup_new (MailEngine *engine, BaseAccount *edit)
{
  UiSetup *self = g_object_new (UI_TYPE_SETUP, NULL);
  g_autoptr (BaseAccount) account = edit;

  self->engine = g_object_ref (engine);
  ui_setup_form_set_engine (self->form, engine);
  if (account != NULL) {
    self->edit = TRUE;
    self->before = base_account_dup (account);
    self->had_token = wants_browser (account);
    show_found (self, FALSE);
    ui_setup_form_set_account (self->form, account, TRUE);
    gtk_window_set_title (GTK_WINDOW (self), _ ("Change Account"));
    adw_window_title_set_title (self->title, _ ("Change Account"));
    adw_window_title_set_subtitle (self->title, account->address);
    review (self, "");
  } else {
    const char *name = g_get_real_name ();

    if (g_strcmp0 (name, "Unknown") != 0 && g_strcmp0 (name, "root") != 0)
      gtk_editable_set_text (GTK_EDITABLE (self->name), name);
    show_page (self, PAGE_WELCOME);
    gtk_widget_grab_focus (*get_text (self->name) == '\0' ? self->name : self->address);
  }
  return GTK_WINDOW (self);
}

void
ui_setup_show_trouble (GtkWindow *parent, MailEngine *engine, MailAccount *account)
{
  const char *identity = mail_account_get_blamed_identity (account);
  GtkWindow *setup;

  if (identity != NULL) {
    ui_identity_form_show (parent, engine, account, identity);
    return;
  }
  setup = ui_setup_new (engine, mail_account_dup_settings (account));
  gtk_window_set_transient_for (setup, parent);
  gtk_window_set_destroy_with_parent (setup, TRUE);
  gtk_window_present (setup);
}

/* ---- the object ---- */

static gboolean
ui_setup_close_request (GtkWindow *window)
{
  return UI_SETUP (window)->saving
         || GTK_WINDOW_CLASS (ui_setup_parent_class)->close_request (window);
}

static void
ui_setup_dispose (GObject *object)
{
  UiSetup *self = UI_SETUP (object);

  self->gone = TRUE;
  cancel_work (self);
  if (!self->saving) {
    drop_grant (self);
    set_tried (self, NULL);
  }
  G_OBJECT_CLASS (ui_setup_parent_class)->dispose (object);
}

static void
ui_setup_finalize (GObject *object)
{
  UiSetup *self = UI_SETUP (object);

  g_free (self->tried);
  g_clear_object (&self->engine);
  g_clear_pointer (&self->before, base_account_free);
  g_clear_pointer (&self->verified, base_account_free);
  g_free (self->granted);
  G_OBJECT_CLASS (ui_setup_parent_class)->finalize (object);
}

static void
ui_setup_class_init (UiSetupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ui_setup_dispose;
  object_class->finalize = ui_setup_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = ui_setup_close_request;

  gtk_widget_class_install_action (widget_class, "setup.continue", NULL, on_continue);
  gtk_widget_class_install_action (widget_class, "setup.manual", NULL, on_manual);
  gtk_widget_class_install_action (widget_class, "setup.change", NULL, on_change);
  gtk_widget_class_install_action (widget_class, "setup.sign-in", NULL, on_sign_in);
  gtk_widget_class_install_action (widget_class, "setup.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "setup.back", NULL, on_back);
  gtk_widget_class_install_action (widget_class, "setup.escape", NULL, on_escape);

  g_type_ensure (UI_TYPE_SETUP_BROWSER);
  g_type_ensure (UI_TYPE_SETUP_DESKTOP);
  g_type_ensure (UI_TYPE_SETUP_FORM);
  g_type_ensure (UI_TYPE_SETUP_FOUND);
  g_type_ensure (UI_TYPE_SETUP_STRANGERS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-setup.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSetup, title);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, back);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, stack);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, name);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, address);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, welcome_error);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, looking_spinner);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, browser);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, desktop);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, progress);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, review_text);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, strangers);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, found);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, change);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, form);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, foot);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, foot_spinner);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, foot_label);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, foot_cancel);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, sign_in);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, done_button);
}

static void
ui_setup_init (UiSetup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_names_fill (GTK_WIDGET (self));
  ui_words_wrap_button (self->change);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_active), NULL);
  g_signal_connect_swapped (self->found, "changed", G_CALLBACK (update_sign_in), self);
  g_signal_connect_swapped (self->form, "edited", G_CALLBACK (on_form_edited), self);
  g_signal_connect_swapped (self->desktop, "chosen", G_CALLBACK (on_desktop_chosen), self);
  g_signal_connect_swapped (self->name, "changed", G_CALLBACK (on_welcome_changed), self);
  g_signal_connect_swapped (self->address, "changed", G_CALLBACK (on_welcome_changed), self);
  g_signal_connect_swapped (self->name, "entry-activated", G_CALLBACK (on_entry_activate), self);
  g_signal_connect_swapped (self->address, "entry-activated", G_CALLBACK (on_entry_activate), self);
}
