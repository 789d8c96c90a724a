/* The program: one engine, its windows, the verbs that belong to no window, and the road in and out of life. */
#pragma once

#include <adwaita.h>

#include "mail-engine.h"

G_BEGIN_DECLS

#define UI_TYPE_APPLICATION (ui_application_get_type ())
G_DECLARE_FINAL_TYPE (UiApplication, ui_application, UI, APPLICATION, AdwApplication)

UiApplication *ui_application_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
