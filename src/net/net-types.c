/* Which types these are: those with interfaces that a class of GIO or libsoup asks for while it is made.  (A breakpoint on
 * g_type_add_interface_static () below g_type_class_ref () finds them.)  Any thread, but before others that use them. */
#include "net-types.h"

#include <gio/gio.h>

void
net_types_register (void)
{
  g_type_ensure (G_TYPE_TASK);
  g_type_ensure (G_TYPE_SOCKET_ADDRESS);
  g_type_ensure (G_TYPE_INET_SOCKET_ADDRESS);
}
