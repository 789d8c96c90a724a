/* What people call the labels of messages: keywords of IMAP (RFC 9051, section 2.3.2), and Gmail's labels.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As it is shown, translated or `label` itself; NULL: it is not shown, for it is a note of a program, or a folder of Gmail's own. */
const char *base_label_get_shown (const char *label);
/* Whether it is what a person typed, by base_fold (): its name, as it is shown or as the server has it, with or without the mark in front
 * ("$", "\\") that tells what no person has made up. */
gboolean base_label_is_called (const char *label, const char *folded);
/* The label of Gmail's own (X-GM-LABELS: "\\Important") that is so called, by base_fold (); NULL: none is. */
const char *base_label_find_gmail (const char *folded);
/* The keyword that is shown as what was typed, by base_fold (); NULL: there is none but that very word. */
const char *base_label_find_keyword (const char *folded);

G_END_DECLS
