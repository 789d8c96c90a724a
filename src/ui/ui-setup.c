/* The wizard: welcome -> looking -> review -> signing in -> saved, and where things go wrong. Main
 * thread; all work is the mail layer's, can be cancelled and dies with the window. Nothing is
 * saved before both servers took the sign-in; nothing typed is ever lost. */
#include "ui-setup.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "base-log.h"
#include "ui-dialog.h"
#include "ui-names.h"
#include "ui-setup-form.h"
#include "ui-trust-dialog.h"

typedef enum
{
  PAGE_WELCOME,
  PAGE_LOOKING,
  PAGE_REVIEW,
  PAGE_DONE,
} Page;

struct _UiSetup
{
  AdwWindow parent_instance;

  /* Owned */
  MailEngine *engine;
  GCancellable *cancellable; /* of what is under way; NULL: nothing */
  BaseAccount *verified;     /* being saved */
  GStrv
      strangers; /* nullable: hosts that nobody but a stranger's word leads to; the person is asked before they are told a password */
  const char *less; /* static: the protocol whose server proves less than before */

  gboolean edit;
  gboolean saving; /* the window stays until it is known how that went */
  gboolean gone;   /* it was destroyed all the same */
  Page page;

  /* Template */
  AdwWindowTitle *title;
  GtkWidget *back;
  GtkStack *stack;
  GtkWidget *name;
  GtkWidget *address;
  GtkWidget *password;
  GtkWidget *welcome_error;
  GtkSpinner *looking_spinner;
  GtkWidget *progress;
  GtkWidget *review_text;
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

static void
show_page (UiSetup *self, Page page)
{
  static const char *const names[] = {
    [PAGE_WELCOME] = "welcome",
    [PAGE_LOOKING] = "looking",
    [PAGE_REVIEW] = "review",
    [PAGE_DONE] = "done",
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
}

/* `sentence` NULL: nothing is under way. */
static void
set_foot (UiSetup *self, const char *sentence)
{
  gboolean busy = sentence != NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->form), !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "setup.back", !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "setup.sign-in", !busy);
  gtk_stack_set_visible_child_name (self->foot, busy ? "busy" : "idle");
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

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (UiSetup) self = data;
  g_autoptr (BaseAccount) asked = NULL;
  g_autofree char *help = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MailDiscovery) discovery =
      mail_engine_discover_finish (MAIL_ENGINE (source), result, &error);

  if (!end_work (self, error))
    return;
  if (discovery == NULL)
    asked = make_account (self);
  else if (mail_discovery_get_problem (discovery) != NULL)
    error = g_error_copy (mail_discovery_get_problem (discovery));
  g_strfreev (self->strangers);
  self->strangers =
      discovery != NULL ? g_strdupv ((char **)mail_discovery_get_strangers (discovery)) : NULL;
  ui_setup_form_clear_errors (self->form);
  ui_setup_form_set_account (
      self->form, discovery != NULL ? mail_discovery_get_account (discovery) : asked, FALSE);
  ui_setup_form_set_password (self->form, get_text (self->password));
  if (discovery != NULL && mail_discovery_get_link (discovery) != NULL)
    help = g_strjoinv ("\n", (char **)mail_discovery_get_steps (discovery));
  ui_setup_form_set_help (self->form, help);
  if (error == NULL) {
    g_autofree char *text =
        g_strdup_printf ("%s\n%s", _ ("These servers were found. Sign in if they are right."),
                         mail_discovery_get_origin (discovery));

    review (self, text);
    gtk_widget_grab_focus (self->sign_in);
  } else {
    review (self, _ ("Type the names of the servers. Your provider tells them on its help pages."));
    ui_setup_form_show_error (self->form, NULL, error);
  }
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
  if (*get_text (self->password) == '\0') {
    complain (self, self->password, _ ("Type the password of your mailbox."));
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

  g_clear_pointer (&self->strangers, g_strfreev);
  ui_setup_form_clear_errors (self->form);
  ui_setup_form_set_account (self->form, account, FALSE);
  ui_setup_form_set_password (self->form, get_text (self->password));
  ui_setup_form_set_help (self->form, NULL);
  review (self, _ ("Type the names of the servers. Your provider tells them on its help pages."));
  gtk_widget_child_focus (GTK_WIDGET (self->form), GTK_DIR_TAB_FORWARD);
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
  if (!ok)
    ui_setup_form_show_error (self->form, NULL, error);
  else if (session_only)
    show_page (self, PAGE_DONE);
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

static void on_verified (GObject *source, GAsyncResult *result, gpointer data);

static void
verify (UiSetup *self)
{
  g_autofree char *sentence = g_strdup_printf (_ ("Signing in as %s…"), self->verified->imap.user);

  gtk_widget_set_sensitive (self->foot_cancel, TRUE);
  set_foot (self, sentence);
  gtk_widget_grab_focus (self->foot_cancel);
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
  if (answer != UI_TRUST_TAKEN)
    return;
  ui_setup_form_add_exception (self->form, trust);
  gtk_widget_activate_action (GTK_WIDGET (self), "setup.sign-in", NULL);
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
    self->saving = TRUE;
    mail_engine_save_account_async (
        self->engine, self->verified, ui_setup_form_get_imap_password (self->form),
        ui_setup_form_get_smtp_password (self->form), NULL, on_saved, g_object_ref (self));
    return;
  }
  if (!end_work (self, error))
    return;
  set_foot (self, NULL);
  ui_setup_form_show_error (self->form, protocol, error);
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

/* What the person typed, or agreed to. */
static void
agree_and_verify (UiSetup *self)
{
  const char *const hosts[] = { self->verified->imap.host, self->verified->smtp.host, NULL };

  mail_engine_agree_to_hosts (self->engine, hosts);
  verify (self);
}

static void
on_strangers_accepted (gboolean accepted, gpointer data)
{
  g_autoptr (UiSetup) self = data;

  if (accepted && !self->gone && self->cancellable == NULL && !self->saving)
    agree_and_verify (self);
}

/* Those of its hosts that nobody vouches for, a line each; NULL: none. */
static char *
dup_strangers (UiSetup *self)
{
  const char *const hosts[] = { self->verified->imap.host, self->verified->smtp.host };
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    if (self->strangers != NULL && hosts[i] != NULL
        && g_strv_contains ((const char *const *)self->strangers, hosts[i])
        && strstr (names->str, hosts[i]) == NULL)
      g_string_append_printf (names, "%s%s", names->len > 0 ? "\n" : "", hosts[i]);
  return names->len > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : NULL;
}

static void
on_sign_in (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiSetup *self = UI_SETUP (widget);

  if (self->page != PAGE_REVIEW || self->cancellable != NULL || self->saving
      || !ui_setup_form_check (self->form))
    return;
  g_clear_pointer (&self->verified, base_account_free);
  self->verified = ui_setup_form_dup_account (self->form);
  g_autofree char *strangers = dup_strangers (self);
  if (strangers == NULL)
    agree_and_verify (self);
  else
    ui_dialog_confirm (
        GTK_WINDOW (self), _ ("Send Your Password to These Servers?"),
        _ ("They do not belong to the domain of your address, and nobody vouches for what led to them. Go on only if your provider names them."),
        strangers, _ ("_Send Password"), TRUE, on_strangers_accepted, g_object_ref (self));
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
  if (self->page == PAGE_LOOKING) {
    show_page (self, PAGE_WELCOME);
    gtk_widget_grab_focus (self->address);
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
  if (account != NULL) {
    self->edit = TRUE;
    ui_setup_form_set_account (self->form, account, TRUE);
    gtk_window_set_title (GTK_WINDOW (self), _ ("Change Account"));
    adw_window_title_set_title (self->title, _ ("Change Account"));
    adw_window_title_set_subtitle (self->title, account->address);
    gtk_button_set_label (GTK_BUTTON (self->sign_in), _ ("Sign In and Save"));
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
  G_OBJECT_CLASS (ui_setup_parent_class)->dispose (object);
}

static void
ui_setup_finalize (GObject *object)
{
  UiSetup *self = UI_SETUP (object);

  g_clear_object (&self->engine);
  g_clear_pointer (&self->verified, base_account_free);
  g_strfreev (self->strangers);
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
  gtk_widget_class_install_action (widget_class, "setup.sign-in", NULL, on_sign_in);
  gtk_widget_class_install_action (widget_class, "setup.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "setup.back", NULL, on_back);
  gtk_widget_class_install_action (widget_class, "setup.escape", NULL, on_escape);

  g_type_ensure (UI_TYPE_SETUP_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-setup.ui");
  gtk_widget_class_bind_template_child (widget_class, UiSetup, title);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, back);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, stack);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, name);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, address);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, password);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, welcome_error);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, looking_spinner);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, progress);
  gtk_widget_class_bind_template_child (widget_class, UiSetup, review_text);
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
  g_signal_connect_swapped (self->name, "changed", G_CALLBACK (on_welcome_changed), self);
  g_signal_connect_swapped (self->address, "changed", G_CALLBACK (on_welcome_changed), self);
  g_signal_connect_swapped (self->password, "changed", G_CALLBACK (on_welcome_changed), self);
  g_signal_connect_swapped (self->name, "entry-activated", G_CALLBACK (on_entry_activate), self);
  g_signal_connect_swapped (self->address, "entry-activated", G_CALLBACK (on_entry_activate), self);
  g_signal_connect_swapped (self->password, "entry-activated", G_CALLBACK (on_entry_activate),
                            self);
}
