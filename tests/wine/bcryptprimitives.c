/* For tests only: Wine 8 lacks bcryptprimitives.dll, which Rust's standard library imports for this one function.
   Laid beside awsenv.exe it lets Wine start it; Windows always takes its own. */
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return SystemFunction036(data, (ULONG)length); }
