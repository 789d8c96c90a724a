/* What mail programs show of HTML. */
#pragma once

#include <glib.h>

/* Fails unless all of what the editor wrote is shown by Gmail, by Outlook (which shows it with Word) and by Apple Mail. */
void shown_check (const char *html);
