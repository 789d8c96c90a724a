/* An engine made of nothing, and what stands behind it, in the place of the program's own: it keeps the question, and the test answers it
 * when it likes.  Main thread. */
#pragma once

#include "base-account.h"
#include "mail-part.h"
#include "mail-person.h"

typedef struct
{
  GTask *asked;                     /* what the engine was asked for last */
  guint n_asked;                    /* questions in all */
  GListStore *parts;                /* of each message */
  GPtrArray *people;                /* of MailAddress: none */
  MailPartKind kind;                /* of each part */
  GCancellable *fetch;              /* of each part */
  char *head, *body;                /* that went to the printer; NULL: nothing did */
  BaseAccount *settings, *answered; /* of the account; with which a password was given */
  gint64 date;                      /* of each message */
  gboolean linked;
} World;

extern World world;

/* Of the type "Page", a widget that stands for a page of WebKit. */
void nothing_page_class_init (gpointer klass, gpointer data);
