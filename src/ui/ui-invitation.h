/* An invitation as a card: what, when, where, who, and the answer.   Main thread. */
#pragma once

#include <adwaita.h>

#include "mail-invitation.h"

G_BEGIN_DECLS

#define UI_TYPE_INVITATION (ui_invitation_get_type ())
G_DECLARE_FINAL_TYPE (UiInvitation, ui_invitation, UI, INVITATION, AdwBin)

/* Takes the invitation, which was read out of `part`. */
GtkWidget *ui_invitation_new (MailPart *part, MailInvitation *invitation);

G_END_DECLS
