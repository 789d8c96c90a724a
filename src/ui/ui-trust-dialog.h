/* A server was refused for its certificate: why, what the certificate says, and, in a second step, taking that one all the same.
 *
 * Main thread. */
#pragma once

#include <gtk/gtk.h>

#include "base-trust.h"
#include "mail-engine.h"

G_BEGIN_DECLS

typedef enum
{
  UI_TRUST_BACK,     /* also where the window was closed */
  UI_TRUST_SETTINGS, /* the settings of the account are wanted; only where they were offered */
  UI_TRUST_TAKEN, /* the person takes this certificate: never where base_trust_may_except () says no */
} UiTrustAnswer;
typedef void (*UiTrustFunc) (UiTrustAnswer answer, const BaseTrust *trust, gpointer data);

/* All borrowed. */
typedef struct
{
  const char *account;    /* what the account is called */
  const char *sentence;   /* why, the message of the TRUST */
  const char *detail;     /* nullable: the server's words; not shown where there is a certificate */
  const BaseTrust *trust; /* nullable: there was none */
  gboolean settings;      /* offers the settings of the account */
} UiTrustQuestion;

/* Shows it; `func` is called once.  Nothing is saved: that is for who asks.  Returns the dialog, borrowed; destroyed, its answer is
 * UI_TRUST_BACK. */
GtkWindow *ui_trust_dialog_ask (GtkWindow *parent, const UiTrustQuestion *question,
                                UiTrustFunc func, gpointer data);

/* The same of an account that is at work, whose mail_account_get_status () is ATTENTION for a TRUST; what is answered is done.  One
 * dialog an account. */
void ui_trust_dialog_show (GtkWindow *parent, MailEngine *engine, MailAccount *account);

G_END_DECLS
