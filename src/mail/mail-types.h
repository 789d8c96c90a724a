/* The objects the window binds to.  GObjects live on the main thread only; every call returns at
 * once, what may wait is _async/_finish and its callback comes on the main thread.  Errors are
 * BASE_ERROR: show message, detail beneath. */
#pragma once

#include <gio/gio.h>

#include "base-account.h"

G_BEGIN_DECLS

typedef struct _MailEngine MailEngine;
typedef struct _MailAccount MailAccount;
typedef struct _MailFolder MailFolder;
typedef struct _MailMessage MailMessage;
typedef struct _MailMessageList MailMessageList;
typedef struct _MailConversation MailConversation;
typedef struct _MailContent MailContent;
typedef struct _MailPart MailPart;
typedef struct _MailDraft MailDraft;
typedef struct _MailAttachment MailAttachment;
typedef struct _MailOutgoing MailOutgoing;

G_END_DECLS
