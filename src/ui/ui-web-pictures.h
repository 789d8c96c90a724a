/* Answers a page that asks for a picture ("picture-wanted", ui-web-page.h).  Main thread. */
#pragma once

#include "mail-engine.h"

G_BEGIN_DECLS

/* sosik-cid: from this message, sosik-remote: from the network; what is neither is left to the page, which refuses it. */
void ui_web_pictures_answer (MailEngine *engine, MailContent *content, const char *uri,
                             GTask *task);

G_END_DECLS
