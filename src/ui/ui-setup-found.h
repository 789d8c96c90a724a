/* What was found out about an address, for the person who is about to sign in: whose settings these are and who says so, which servers
 * they are, what has to be done before, and the password. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_SETUP_FOUND (ui_setup_found_get_type ())
G_DECLARE_FINAL_TYPE (UiSetupFound, ui_setup_found, UI, SETUP_FOUND, GtkBox)

/* Asks for "setup.sign-in" by Enter. */

/* Of a discovery without a problem.  A password that was typed stays, unless it was for somebody else.  Where its owner can sign in by the browser, that is what is offered
 * first, and a password only on request. */
void ui_setup_found_set (UiSetupFound *self, MailDiscovery *discovery);
const char *ui_setup_found_get_password (UiSetupFound *self); /* borrowed */
gboolean ui_setup_found_is_by_browser (UiSetupFound *self);
/* The word of the provider whose page that is; nullable, borrowed. */
const char *ui_setup_found_get_oauth (UiSetupFound *self);
/* Signal "changed": the person wants it the other way. */
/* FALSE: the browser is the only way, and this build is not registered; the ways out stand there. */
gboolean ui_setup_found_can_sign_in (UiSetupFound *self);
/* To what is to be done first.  FALSE: nothing here wants it. */
gboolean ui_setup_found_take_focus (UiSetupFound *self);
/* The password is there; else says that it is missing and puts the keyboard there. */
gboolean ui_setup_found_check (UiSetupFound *self);
/* Why the sign-in was refused (nullable: it was not), and a page where it can be mended (nullable). */
void ui_setup_found_show_error (UiSetupFound *self, const GError *error, const char *link);

G_END_DECLS
