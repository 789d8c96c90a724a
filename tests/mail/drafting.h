/* What is done with a draft in more than one file of tests, waited for to its end. */
#pragma once

#include "mail-outgoing-private.h"
#include "test-mail.h"

/* `editing`: a composer has it open. */
void save_draft (MailDraft *draft, gboolean editing);
gboolean attach_file (MailDraft *draft, const char *path, GError **error);
/* Waits until the outgoing list has one item in this state, or none (state < 0). */
MailOutgoing *wait_outgoing (Bench *bench, int state) G_GNUC_WARN_UNUSED_RESULT;
/* A Condition; of a Bench. */
gboolean no_outgoing (gpointer bench);
/* Undoes its sending. */
MailDraft *take_back (Bench *bench, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
