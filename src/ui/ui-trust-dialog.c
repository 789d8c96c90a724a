/* The window about a certificate that was refused.  Main thread.  Must never take one with the first button that is pressed, nor
 * another one than it shows. */
#include "ui-trust-dialog.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "base-date.h"
#include "base-error.h"
#include "base-log.h"
#include "ui-dialog.h"
#include "ui-names.h"
#include "ui-setup.h"
#include "ui-words.h"

#define WIDTH 480

#define UI_TYPE_TRUST_DIALOG (ui_trust_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UiTrustDialog, ui_trust_dialog, UI, TRUST_DIALOG, AdwWindow)

struct _UiTrustDialog
{
  AdwWindow parent_instance;

  /* Owned */
  BaseTrust *trust; /* nullable */

  UiTrustFunc func; /* NULL: it was called */
  gpointer data;

  /* Template */
  GtkStack *stack;
  GtkWidget *bar, *refusal;
  GtkWidget *sentence, *changed, *facts, *detail, *never;
  GtkWidget *place, *subject, *issuer, *time, *fingerprint;
  GtkWidget *back, *settings, *more;
  GtkWidget *consequence, *fingerprint_again, *stay;
};

G_DEFINE_FINAL_TYPE (UiTrustDialog, ui_trust_dialog, ADW_TYPE_WINDOW)

static void
set_text (GtkWidget *label, const char *text)
{
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (label, *text != '\0');
}

/* ---- steps ---- */

/* GTK before 4.10 shows hidden pages to screen readers. */
static void
show_step (UiTrustDialog *self, const char *name, GtkWidget *focus)
{
  static const char *const names[] = { "refused", "take" };

  gtk_widget_show (gtk_stack_get_child_by_name (self->stack, name));
  gtk_stack_set_visible_child_name (self->stack, name);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_set_visible (gtk_stack_get_child_by_name (self->stack, names[i]),
                            g_str_equal (names[i], name));
  gtk_widget_grab_focus (focus);
  /* Which the stack had given the focus, and so all of it was selected. */
  gtk_label_select_region (GTK_LABEL (self->fingerprint_again), 0, 0);
}

static void
answer (UiTrustDialog *self, UiTrustAnswer said)
{
  UiTrustFunc func = self->func;

  self->func = NULL;
  if (func != NULL)
    func (said, self->trust, self->data);
}

static void
close_with (UiTrustDialog *self, UiTrustAnswer said)
{
  g_autoptr (UiTrustDialog) kept = g_object_ref (self);

  /* First of all it goes: what is shown next shall stand on its parent. */
  gtk_widget_hide (GTK_WIDGET (self));
  answer (self, said);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
on_back (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTrustDialog *self = UI_TRUST_DIALOG (widget);

  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "take"))
    show_step (self, "refused", self->back);
  else
    close_with (self, UI_TRUST_BACK);
}

static void
on_settings (GtkWidget *widget, const char *name, GVariant *parameter)
{
  close_with (UI_TRUST_DIALOG (widget), UI_TRUST_SETTINGS);
}

static void
on_more (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTrustDialog *self = UI_TRUST_DIALOG (widget);

  if (self->trust != NULL && base_trust_may_except (self->trust))
    show_step (self, "take", self->stay);
}

static void
on_take (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UiTrustDialog *self = UI_TRUST_DIALOG (widget);

  if (g_str_equal (gtk_stack_get_visible_child_name (self->stack), "take"))
    close_with (self, UI_TRUST_TAKEN);
}

/* ---- words ---- */

static void
set_certificate (UiTrustDialog *self, const char *account, const BaseTrust *trust)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *from = base_date_long (trust->from);
  g_autofree char *until = base_date_long (trust->until);
  g_autofree char *agreed = base_date_long (base_trust_get_agreed_until (trust, now));
  g_autofree char *fingerprint = base_trust_format_sha256 (trust->sha256);
  /* Translators: a server and its port */
  g_autofree char *place = g_strdup_printf (_ ("%s, port %u"), trust->host, trust->port);
  /* Translators: from one date until another */
  g_autofree char *time = g_strdup_printf (_ ("%s until %s"), from, until);
  g_autofree char *consequence = g_strdup_printf (
      /* Translators: host, port, account, date */
      _ ("Sosik then takes this one certificate, and no other that it cannot check, from “%s” on port %u, for the "
         "account “%s” alone and until %s. Whoever made it can read your password and your mail."),
      trust->host, trust->port, account, agreed);

  set_text (self->place, place);
  set_text (self->subject, trust->subject);
  set_text (self->issuer, trust->issuer);
  set_text (self->time, time);
  set_text (self->fingerprint, fingerprint);
  set_text (self->consequence, consequence);
  set_text (self->fingerprint_again, fingerprint);
  gtk_widget_set_visible (self->changed, trust->changed);
}

/* From the first step on. */
static void
set_question (UiTrustDialog *self, const UiTrustQuestion *question)
{
  gboolean may = question->trust != NULL && base_trust_may_except (question->trust);

  base_trust_free (self->trust);
  self->trust = base_trust_dup (question->trust);
  set_text (self->sentence, question->sentence);
  gtk_widget_set_visible (self->facts, self->trust != NULL);
  if (self->trust != NULL)
    set_certificate (self, question->account, self->trust);
  set_text (self->detail, self->trust == NULL && question->detail != NULL ? question->detail : "");
  gtk_widget_set_visible (self->never, self->trust != NULL && !may);
  gtk_widget_set_visible (self->settings, question->settings);
  if (question->settings)
    gtk_button_set_label (GTK_BUTTON (self->back), _ ("Do Not Connect"));
  gtk_widget_set_visible (self->more, may);
  show_step (self, "refused", self->back);
}

/* What scrolls has the height that it would have if it were as wide as it likes: so that all of it is seen, that of its width is wanted. */
static void
set_size (UiTrustDialog *self, GtkWindow *parent)
{
  int room = parent != NULL ? gtk_widget_get_width (GTK_WIDGET (parent)) : 0;
  int width = room > 0 ? MIN (WIDTH, room) : WIDTH;
  int bar = 0, height = 0;

  gtk_widget_measure (self->bar, GTK_ORIENTATION_VERTICAL, width, NULL, &bar, NULL, NULL);
  gtk_widget_measure (self->refusal, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (self), WIDTH, bar + height);
}

GtkWindow *
ui_trust_dialog_ask (GtkWindow *parent, const UiTrustQuestion *question, UiTrustFunc func,
                     gpointer data)
{
  UiTrustDialog *self = g_object_new (UI_TYPE_TRUST_DIALOG, "transient-for", parent,
                                      "destroy-with-parent", TRUE, NULL);

  self->func = func;
  self->data = data;
  set_question (self, question);
  set_size (self, parent);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WINDOW (self);
}

/* ---- of an account at work ---- */

typedef struct
{
  GtkWindow *parent;    /* Owned */
  MailEngine *engine;   /* Owned */
  MailAccount *account; /* Owned */
} Asked;

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWindow) parent = data;
  g_autoptr (GError) error = NULL;

  if (mail_engine_save_account_finish (MAIL_ENGINE (source), result, NULL, &error))
    return;
  if (gtk_widget_get_visible (GTK_WIDGET (parent)))
    ui_dialog_error (parent, _ ("The certificate was not kept."), error);
  else
    base_log ("could not keep an exception: %s", error->message);
}

static void
on_answer (UiTrustAnswer said, const BaseTrust *trust, gpointer data)
{
  g_autofree Asked *asked = data;
  g_autoptr (MailEngine) engine = asked->engine;
  g_autoptr (MailAccount) account = asked->account;
  g_autoptr (GtkWindow) parent = asked->parent;

  g_object_set_data (G_OBJECT (account), "ui-trust-dialog", NULL);
  switch (said) {
  case UI_TRUST_BACK:
    break;
  case UI_TRUST_SETTINGS:
    ui_setup_show_trouble (parent, engine, account);
    break;
  case UI_TRUST_TAKEN:
    mail_engine_add_exception_async (engine, account, trust, on_taken, g_object_ref (parent));
    break;
  }
}

static UiTrustQuestion
question_of (MailAccount *account)
{
  return (UiTrustQuestion){ .account = mail_account_get_label (account),
                            .sentence = mail_account_get_state_text (account),
                            .detail = mail_account_get_state_detail (account),
                            .trust = mail_account_get_trust (account),
                            .settings = TRUE };
}

/* A server was believed since; while it is only looked for, the question stands. */
static gboolean
is_answered (MailAccount *account)
{
  return mail_account_get_trust (account) == NULL
         && (mail_account_get_status (account) == MAIL_ACCOUNT_IN_STEP
             || mail_account_needs_password (account) || mail_account_needs_sign_in (account));
}

/* Another certificate is refused by now: it is another question, with both of its steps.  Or none. */
static void
on_account (UiTrustDialog *self)
{
  if (self->func == NULL)
    return;
  MailAccount *account = ((Asked *)self->data)->account;
  const BaseTrust *trust = mail_account_get_trust (account);
  UiTrustQuestion question = question_of (account);

  if (trust != NULL && !base_trust_equal (trust, self->trust))
    set_question (self, &question);
  else if (is_answered (account))
    close_with (self, UI_TRUST_BACK);
}

void
ui_trust_dialog_show (GtkWindow *parent, MailEngine *engine, MailAccount *account)
{
  GtkWindow *open = g_object_get_data (G_OBJECT (account), "ui-trust-dialog");
  UiTrustQuestion question = question_of (account);
  Asked *asked;

  if (open != NULL) {
    gtk_window_present (open);
    return;
  }
  asked = g_new0 (Asked, 1);
  asked->parent = g_object_ref (parent);
  asked->engine = g_object_ref (engine);
  asked->account = g_object_ref (account);
  open = ui_trust_dialog_ask (parent, &question, on_answer, asked);
  g_signal_connect_object (account, "notify", G_CALLBACK (on_account), open, G_CONNECT_SWAPPED);
  g_object_set_data (G_OBJECT (account), "ui-trust-dialog", open);
}

/* ---- the object ---- */

static void
ui_trust_dialog_dispose (GObject *object)
{
  answer (UI_TRUST_DIALOG (object), UI_TRUST_BACK);
  G_OBJECT_CLASS (ui_trust_dialog_parent_class)->dispose (object);
}

static void
ui_trust_dialog_finalize (GObject *object)
{
  base_trust_free (UI_TRUST_DIALOG (object)->trust);
  G_OBJECT_CLASS (ui_trust_dialog_parent_class)->finalize (object);
}

static void
ui_trust_dialog_class_init (UiTrustDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ui_trust_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = ui_trust_dialog_finalize;
  gtk_widget_class_install_action (widget_class, "trust.back", NULL, on_back);
  gtk_widget_class_install_action (widget_class, "trust.settings", NULL, on_settings);
  gtk_widget_class_install_action (widget_class, "trust.more", NULL, on_more);
  gtk_widget_class_install_action (widget_class, "trust.take", NULL, on_take);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/sosik/Sosik/ui-trust-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, bar);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, refusal);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, sentence);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, changed);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, facts);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, detail);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, never);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, place);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, subject);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, issuer);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, time);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, back);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, settings);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, more);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, consequence);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, fingerprint_again);
  gtk_widget_class_bind_template_child (widget_class, UiTrustDialog, stay);
}

static void
ui_trust_dialog_init (UiTrustDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ui_names_fill (GTK_WIDGET (self));
  ui_words_wrap_button (self->more);
}
