/* A text entry for addresses: "Kim <kim@example.org>, lee@example.org".  Wrong ones are marked, with the reason, when the
 * person leaves the entry. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UI_TYPE_ADDRESS_ENTRY (ui_address_entry_get_type ())
G_DECLARE_FINAL_TYPE (UiAddressEntry, ui_address_entry, UI, ADDRESS_ENTRY, GtkBox)

/* Property "label" (string): names the field for assistive technology.  Property "text" (string, notify).
 * Signal "edited". */
const char *ui_address_entry_get_text (UiAddressEntry *self);
void ui_address_entry_set_text (UiAddressEntry *self, const char *text);
/* Looks now; TRUE when every address is well-formed (nothing is fine). */
gboolean ui_address_entry_check (UiAddressEntry *self);
/* Shows `sentence` beneath the entry until it is edited; NULL takes it away. */
void ui_address_entry_set_error (UiAddressEntry *self, const char *sentence);

G_END_DECLS
