//! As much of IAM as finding one's own MFA device needs: `ListMFADevices`.

use super::sigv4;
use super::state::{PrincipalKind, State, rfc3339};
use super::wire::{Answer, Reply, Request, xml_text};

pub(crate) const VERSION: &str = "2010-05-08";

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// Answers `ListMFADevices` for the user who calls.
pub(crate) fn answer(state: &mut State, request: &Request) -> Reply {
    let caller =
        sigv4::verify(state, request, "iam").map_err(|refusal| failure(state, 403, refusal.code, &refusal.message))?;
    let PrincipalKind::User { arn } = &caller.kind else {
        return Err(failure(
            state,
            400,
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
        ));
    };
    if caller.temporary && !caller.mfa {
        return Err(failure(
            state,
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid",
        ));
    }
    let user = state.users.iter().find(|user| user.arn() == *arn);
    let devices: String = user
        .and_then(|user| Some((user, user.mfa_serial.as_ref()?)))
        .map(|(user, serial)| {
            format!(
                "<member><UserName>{}</UserName><SerialNumber>{}</SerialNumber><EnableDate>{}</EnableDate></member>",
                xml_text(&user.name),
                xml_text(serial),
                rfc3339(1_600_000_000)
            )
        })
        .unwrap_or_default();
    let id = state.request_id();
    let body = format!(
        "<ListMFADevicesResponse xmlns=\"{NAMESPACE}\"><ListMFADevicesResult><MFADevices>{devices}</MFADevices>\
         <IsTruncated>false</IsTruncated></ListMFADevicesResult><ResponseMetadata><RequestId>{id}</RequestId>\
         </ResponseMetadata></ListMFADevicesResponse>"
    );
    Ok(Answer::new(200, "text/xml", body).header("x-amzn-requestid", id))
}

/// IAM's error body.
pub(crate) fn failure(state: &State, status: u16, code: &str, message: &str) -> Answer {
    let id = state.request_id();
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{}</Message>\
         </Error><RequestId>{id}</RequestId></ErrorResponse>",
        xml_text(message)
    );
    Answer::new(status, "text/xml", body).header("x-amzn-requestid", id).error(code)
}
